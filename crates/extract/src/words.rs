//! Words by which pages mark what is no article: data, by language where they are of a language.

/// Parts of class names and ids that hold furniture.
pub(crate) const FURNITURE: &[&str] = &[
    "ad", "adbox", "addthis", "ads", "adsense", "adslot", "advert", "advertisement", "advertising", "adverts", "advt", "authorbio", "banner", "bio", "biography", "breadcrumb", "breadcrumbs", "byline", "bylines", "comment", "commentary", "commentlist", "comments", "consent", "contributor", "cookie", "cookies", "copyright", "credits", "crosslinks", "dateline", "datetime", "disclaimer", "disqus", "donate", "donation", "feedback", "followus", "foot", "footer", "form", "gdpr", "hidden", "jumpto", "keywords", "latest", "linkbox", "livefyre", "login", "mailchimp", "mailinglist", "masthead", "menu", "metadata", "modal", "mostpopular", "mostread", "nav", "navbar", "navigation", "newsletter", "newsletters", "nocontent", "noprint", "outbrain", "overlay", "pager", "pagination", "paging", "permalink", "popular", "popup", "postmeta", "prevnext", "printonly", "profile", "promo", "promobox", "promos", "promotion", "rating", "ratings", "readmore", "recirc", "recirculation", "recommend", "recommendation", "recommendations", "recommended", "related", "relatedarticles", "relatedcontent", "relatedlinks", "relatedposts", "relatedstories", "reply", "respond", "seealso", "share", "sharebar", "sharebox", "sharebuttons", "sharedaddy", "sharing", "shopping", "sidebar", "signup", "skip", "social", "socialmedia", "socialshare", "sponsor", "sponsored", "sponsors", "subscribe", "subscription", "subscriptions", "syndication", "taboola", "tag", "taglist", "tags", "teaser", "teasers", "ticker", "timestamp", "toolbar", "toolbox", "tools", "tooltip", "topics", "trending", "trendmd", "twittershare", "upnext", "upsell", "vote", "votes", "voting", "widget", "widgets", "wpulike", "yarpp", "zergnet",
];

/// Words of [`FURNITURE`] that say so only as a whole name: builders of pages put them into the
/// names of everything.
pub(crate) const ALONE: &[&str] = &["widget", "widgets", "tag", "form", "profile", "topics", "latest", "commentary", "credits", "skip", "banner"];

/// Whole class names and ids, written together, that name an article's text.
pub(crate) const BODY: &[&str] = &[
    "articlebody", "storybody", "postbody", "entrybody", "newsbody", "contentbody", "bodycontent", "bodycopy", "bodytext", "textbody", "articletext",
    "articlecontent", "articlecopy", "postcontent", "postentry", "posttext", "entrycontent", "entrytext", "storycontent", "storytext", "storycopy", "newscontent", "newstext",
    "fieldnamebody", "articledetail", "articlestory", "singlecontent", "maintext", "artikeltext", "artikelbody", "cuerpo", "cuerponoticia", "textonoticia", "corpoarticolo", "testoarticolo", "blogcontent", "blogpostbody", "pagecontent", "richtext", "articlemaincontent",
];

/// Beginnings of blocks that are furniture even between paragraphs, folded. A block of at most
/// some dozen words that begins so is dropped.
pub(crate) const CUES: &[&str] = &[
    "advertisement", "advertising", "ad feedback", "all rights reserved", "also read", "also see", "article continues below", "click here", "click to", "comments", "continue reading", "copyright", "don't miss",
    "download our", "download the", "editor's picks", "explore more", "filed under", "follow us", "for more information visit", "from around the web", "get our", "get the latest", "have a tip", "image credit", "join our", "join the conversation", "keep reading", "latest news", "learn more about",
    "like us on", "listen to this", "loading", "more from", "more like this", "more on this", "more stories", "most popular", "most read", "must read", "newsletter", "next article", "photo by", "photo credit", "photo:", "photos:", "picture:",
    "previous article", "promoted", "read also", "read full", "read more", "read next", "read the full", "read this next", "read:", "recommended", "related:", "related articles", "related content", "related coverage", "related links", "related news", "related posts", "related reading", "related stories", "related topics", "report a typo",
    "save this", "scroll down", "see also", "see more", "share on", "share this", "show comments", "sign up", "skip advertisement", "sponsored", "story continues", "subscribe", "support our", "tags:", "the views expressed", "this article originally appeared", "this article was originally published", "top stories", "topics:", "trending", "view comments", "view gallery", "view more", "watch:", "watch more", "watch now", "watch the", "we use cookies",
    "what to read next", "what you need to know", "you can follow", "you may also like", "you might also", "you may be interested",
    "anzeige", "auch interessant", "das konnte sie auch interessieren", "folgen sie uns", "jetzt lesen", "kommentare", "lesen sie auch", "lesen sie mehr", "lesen sie hier", "mehr zum thema", "mehr dazu", "mehr lesen", "newsletter abonnieren", "siehe auch", "teilen", "weiterlesen", "weitere artikel", "zum thema", "zur startseite",
    "a decouvrir", "a lire", "a lire aussi", "a voir aussi", "abonnez-vous", "article reserve", "commentaires", "inscrivez-vous", "lire aussi", "lire la suite", "lire plus", "partager", "pour aller plus loin", "publicite", "suivez-nous", "voir aussi",
    "compartir", "comentarios", "lea tambien", "lee tambien", "leer mas", "mas informacion", "mas noticias", "noticias relacionadas", "publicidad", "seguir leyendo", "siguenos", "suscribete", "te puede interesar", "ver tambien", "vea tambien",
    "condividi", "continua a leggere", "iscriviti", "leggi anche", "leggi tutto", "potrebbe interessarti", "pubblicita", "seguici",
    "leia mais", "leia tambem", "saiba mais", "veja tambem", "siga-nos", "compartilhe", "publicidade",
    "abonneer", "advertentie", "deel dit", "lees meer", "lees ook", "lees verder", "meer over",
    "annons", "dela", "las mer", "las ocksa", "folg oss", "czytaj takze", "zobacz takze", "czytaj wiecej",
    "читать далее", "читайте также", "подписывайтесь", "реклама", "смотрите также",
];

/// Words of a link that leads to the rest of the text, folded: the whole of the link's text.
pub(crate) const CONTINUE: &[&str] = &[
    "read more", "read on", "continue reading", "continue", "more", "read the rest", "read full article", "read full story", "read the full article", "read the full story", "full story", "keep reading", "view original", "source",
    "weiterlesen", "mehr lesen", "mehr", "lire la suite", "lire plus", "leer mas", "seguir leyendo", "leggi tutto", "continua a leggere", "continua", "leia mais", "lees meer", "lees verder", "las mer", "czytaj wiecej", "читать далее",
];

/// Headings after which no article goes on, folded, whole.
pub(crate) const END_HEADINGS: &[&str] = &[
    "about the author", "about the authors", "about us", "around the web", "comments", "editor's picks", "from the web", "further reading", "in this article", "join the conversation", "latest", "latest news", "leave a comment", "leave a reply", "more from", "more news", "more stories", "more on this story", "more on this topic", "most popular", "most read", "most viewed",
    "newsletter", "popular", "read more", "read next", "recent posts", "recommended", "recommended for you", "related", "related articles", "related content", "related links", "related news", "related posts", "related stories", "related topics", "see also", "share", "share this", "share this article", "sign up", "sponsored", "subscribe", "tags", "top stories", "topics", "trending", "you may also like", "you might also like", "what to read next",
    "das konnte sie auch interessieren", "kommentare", "mehr zum thema", "weitere artikel", "weiterfuhrende links", "a lire aussi", "sur le meme sujet", "commentaires", "lire aussi", "comentarios", "noticias relacionadas", "te puede interesar", "articoli correlati", "leggi anche", "commenti", "leia tambem", "comentarios", "lees ook", "читайте также",
];

/// Words before a byline, folded.
pub(crate) const BY: &[&str] = &["by", "von", "par", "por", "di", "da", "door", "av", "od", "written by", "posted by", "author", "words by", "text by", "story by", "reported by", "report by"];
