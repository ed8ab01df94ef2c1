//! The description of the API (OpenAPI 3.1). Each module of the API says its operations; the schemas are made of the types
//! that are read and written, so that they cannot differ from them.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Anyone.
    Anyone,
    /// Whoever has an account.
    Readers,
    /// Editors and administrators.
    Editors,
    /// Administrators.
    Administrators,
}

/// Makes the schema of a type.
type Of = fn(&mut SchemaGenerator) -> Schema;

/// One method of one path.
pub(super) struct Operation {
    path: &'static str,
    method: &'static str,
    summary: &'static str,
    who: Who,
    query: Vec<Parameter>,
    body: Option<Of>,
    status: u16,
    answer: Option<Of>,
    media_type: &'static str,
}

/// A parameter of the query: its name, its schema, whether it must be there.
pub(super) type Parameter = (&'static str, Value, bool);

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn operation(method: &'static str, path: &'static str, summary: &'static str) -> Operation {
    Operation {
        path,
        method,
        summary,
        who: Who::Anyone,
        query: Vec::new(),
        body: None,
        status: 204,
        answer: None,
        media_type: "application/json",
    }
}

pub(super) fn get(path: &'static str, summary: &'static str) -> Operation {
    operation("get", path, summary)
}

pub(super) fn post(path: &'static str, summary: &'static str) -> Operation {
    operation("post", path, summary)
}

pub(super) fn put(path: &'static str, summary: &'static str) -> Operation {
    operation("put", path, summary)
}

pub(super) fn delete(path: &'static str, summary: &'static str) -> Operation {
    operation("delete", path, summary)
}

impl Operation {
    /// Not for everyone.
    pub(super) fn by(self, who: Who) -> Self {
        Self { who, ..self }
    }

    /// With parameters in the query.
    pub(super) fn query(self, query: impl IntoIterator<Item = Parameter>) -> Self {
        Self { query: query.into_iter().collect(), ..self }
    }

    /// With a body.
    pub(super) fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Some(of::<T>), ..self }
    }

    /// With an answer that has a body.
    pub(super) fn gives<T: JsonSchema>(self) -> Self {
        Self { status: 200, answer: Some(of::<T>), ..self }
    }

    /// With something new as the answer.
    pub(super) fn makes<T: JsonSchema>(self) -> Self {
        Self { status: 201, answer: Some(of::<T>), ..self }
    }

    /// With another media type than JSON.
    pub(super) fn media(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }
}

/// Parameters that many operations take.
pub(super) fn limit() -> Parameter {
    (
        "limit",
        json!({ "type": "integer", "minimum": 1, "description": "Items of a page; at most 100 are given." }),
        false,
    )
}

pub(super) fn after() -> Parameter {
    let what = "The value of `next` of the page before.";
    ("after", json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,14})$", "description": what }), false)
}

pub(super) fn text(name: &'static str, description: &str) -> Parameter {
    (name, json!({ "type": "string", "description": description }), false)
}

pub(super) fn words(name: &'static str, words: &[&str], description: &str) -> Parameter {
    (name, json!({ "enum": words, "description": description }), false)
}

pub(super) fn number(name: &'static str, description: &str) -> Parameter {
    let schema =
        json!({ "type": "integer", "minimum": 1, "maximum": 999_999_999_999_999_i64, "description": description });
    (name, schema, false)
}

pub(super) fn required((name, schema, _): Parameter) -> Parameter {
    (name, schema, true)
}

/// For bodies in which every field must be there, also where its value is null.
pub(super) fn all_required(schema: &mut Schema) {
    let names: Vec<Value> = match schema.get("properties").and_then(Value::as_object) {
        Some(properties) => properties.keys().map(|name| json!(name)).collect(),
        None => return,
    };
    schema.insert("required".to_owned(), Value::Array(names));
}

/// What a problem is told with (RFC 9457).
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is here for its schema")]
struct Problem {
    /// What kind of problem it is: nothing more than the status says.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// The same as `detail`.
    error: String,
}

/// The specification as a document.
pub(super) fn document(title: &str, server: &str, operations: Vec<Operation>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = of::<Problem>(&mut generator);
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let written = written(&operation, &mut generator, &problem);
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(operation.method.to_owned(), written);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title, "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that the pages can do. What they show to everyone needs no token.",
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn written(operation: &Operation, generator: &mut SchemaGenerator, problem: &Schema) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    if operation.path.contains("{id}") {
        let schema = json!({ "type": "string", "pattern": "^[0-9a-f]{1,20}$" });
        parameters.push(json!({ "name": "id", "in": "path", "required": true, "schema": schema }));
    }
    parameters.extend(operation.query.iter().map(
        |(name, schema, required)| json!({ "name": name, "in": "query", "required": required, "schema": schema }),
    ));
    let answer = match operation.answer {
        Some(answer) => {
            let schema = answer(generator);
            json!({ "description": "Done", "content": { (operation.media_type): { "schema": schema } } })
        }
        None => json!({ "description": "Done" }),
    };
    let mut responses = Map::new();
    responses.insert(operation.status.to_string(), answer);
    responses.insert(
        "default".to_owned(),
        json!({ "description": "A problem", "content": { "application/problem+json": { "schema": problem } } }),
    );
    let needs = match operation.who {
        Who::Anyone => "",
        Who::Readers => " Needs an account.",
        Who::Editors => " Needs the account of an editor.",
        Who::Administrators => " Needs the account of an administrator.",
    };
    let id = format!("{}{}", operation.method, operation.path.replace(['/', '{', '}', '.', '-'], "_"));
    let mut out = json!({
        "operationId": id, "summary": operation.summary, "description": format!("{}.{needs}", operation.summary),
        "parameters": parameters, "responses": responses,
        "security": if operation.who == Who::Anyone { json!([{}, { "token": [] }]) } else { json!([{ "token": [] }]) },
    });
    if let (Some(body), Some(out)) = (operation.body, out.as_object_mut()) {
        let content = json!({ "application/json": { "schema": body(generator) } });
        out.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    out
}
