-- Readers of a server, for wrk: the front page and other lists, stories, articles, first pages of searches. Half of
-- them accept compression. What each kind took is printed at the end.
local kinds = { "front", "list", "story", "article", "search" }
local lists = { "/?order=new", "/?order=day", "/?order=week", "/?folder=Sport", "/?language=de", "/?page=2", "/outlets" }
local words = { "the", "police", "bata", "bana", "people", "mayor+interview", "outlet:Post+bata", "source:mayor", "-bata+police" }
local ids = {}
for line in io.lines(os.getenv("LOAD_IDS")) do
  local story, article = line:match("(%d+) (%d+)")
  ids[#ids + 1] = { story, article }
end
-- Milliseconds between an answer and the reader's next request; 0: none, so that the server is asked for all it can give.
local pause = tonumber(os.getenv("LOAD_PAUSE_MS") or "0")
function delay()
  return math.random(0, 2 * pause)
end
local counter = 0
function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end
function init(args)
  math.randomseed(number + 7)
end
function request()
  local dice, path = math.random(), nil
  local id = ids[math.random(#ids)]
  if dice < 0.35 then path = "/"
  elseif dice < 0.5 then path = lists[math.random(#lists)]
  elseif dice < 0.7 then path = "/story/" .. id[1]
  elseif dice < 0.85 then path = "/article/" .. id[2]
  else path = "/search?q=" .. words[math.random(#words)] end
  local headers = {}
  if math.random() < 0.5 then headers["Accept-Encoding"] = "gzip" end
  return wrk.format("GET", path, headers)
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, most %.1f ms; %d answers, %.0f a second; errors: %d connect, %d read, %d status, %d timeout\n",
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000,
    latency.max / 1000, summary.requests, summary.requests / (summary.duration / 1e6),
    errors.connect, errors.read, errors.status, errors.timeout))
end
