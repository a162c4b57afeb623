// Made by `make manuals` from Documentation/openapi.json. Edit that.

/// What the server answers to, as OpenAPI 3.1 describes it.
enum OpenAPIDocument {
  static let text = #"""
    {
      "openapi": "3.1.0",
      "info": {
        "title": "Tallystick",
        "version": "1",
        "summary": "What AI systems did, as one ledger has it.",
        "description": "The routes of `tally serve`. Without a key, and on a server that only its own machine reaches, everybody there may everything; otherwise each request shows a key with the scope that `x-scope` names. Documentation/API.md has worked examples.",
        "license": {
          "name": "Apache 2.0",
          "identifier": "Apache-2.0"
        }
      },
      "servers": [
        {
          "url": "http://127.0.0.1:4318",
          "description": "`tally serve` without options"
        }
      ],
      "security": [
        {
          "bearer": []
        },
        {
          "basic": []
        },
        {
          "key": []
        },
        {}
      ],
      "tags": [
        {
          "name": "Reading",
          "description": "What the ledger holds, as of one commit, a page at a time."
        },
        {
          "name": "Intake",
          "description": "What takes records; durable at 200."
        },
        {
          "name": "Calls",
          "description": "Models, called at the upstreams that tally.yaml names; each call becomes a span. What an upstream answers is passed on as it is, whatever its status. Documentation/Gateway.md says more."
        },
        {
          "name": "Decisions",
          "description": "The guards of calls for other gateways: what this server would do with a call that somebody else makes. Documentation/LiteLLM.md shows one."
        },
        {
          "name": "Langfuse",
          "description": "What Langfuse's SDKs need to work with only their host changed."
        },
        {
          "name": "Operation"
        }
      ],
      "paths": {
        "/api/v1/spans": {
          "get": {
            "operationId": "listSpans",
            "tags": [
              "Reading"
            ],
            "summary": "Spans, those that were stored last first",
            "description": "A key that is bound to a tenant sees its tenant's spans.",
            "x-scope": "read",
            "parameters": [
              {
                "name": "feature",
                "in": "query",
                "description": "Of a feature.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "model",
                "in": "query",
                "description": "That asked for a model, or that it answered.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "status",
                "in": "query",
                "description": "That ended so.",
                "schema": {
                  "enum": [
                    "ok",
                    "error",
                    "timeout"
                  ]
                }
              },
              {
                "name": "kind",
                "in": "query",
                "description": "Of a kind: chat, tool, retrieval…",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "tool",
                "in": "query",
                "description": "Of a tool.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "tenant",
                "in": "query",
                "description": "Of a tenant.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "session",
                "in": "query",
                "description": "Of a session.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "user",
                "in": "query",
                "description": "Of a user.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "agent",
                "in": "query",
                "description": "Of an agent: `attributes.agent`.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "since",
                "in": "query",
                "description": "Happened at this time or later: RFC 3339, or a day.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-11-01T00:00:00Z"
              },
              {
                "name": "until",
                "in": "query",
                "description": "Happened before this time.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-12-01"
              },
              {
                "name": "limit",
                "in": "query",
                "description": "Records of a page.",
                "schema": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000,
                  "default": 100
                }
              },
              {
                "name": "cursor",
                "in": "query",
                "description": "'next' of the answer before; all other parameters but 'limit' as they were. All pages are of the state of the ledger that the first one was of, whatever is appended meanwhile.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/SpanPage"
                    }
                  }
                }
              },
              "400": {
                "description": "A parameter is unknown, or says what it cannot.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/traces/{trace_id}": {
          "get": {
            "operationId": "getTrace",
            "tags": [
              "Reading"
            ],
            "summary": "One trace as a tree",
            "description": "A key that is bound to a tenant sees its tenant's spans of it, and no annotations: they do not say whose they are.",
            "x-scope": "read",
            "parameters": [
              {
                "name": "trace_id",
                "in": "path",
                "required": true,
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "content",
                "in": "query",
                "description": "Whether prompts, answers, arguments and results are shown.",
                "schema": {
                  "type": "boolean",
                  "default": false
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Trace"
                    }
                  }
                }
              },
              "400": {
                "description": "A parameter is unknown, or says what it cannot.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "404": {
                "description": "There is no such trace, or none that the key may see.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/findings": {
          "get": {
            "operationId": "listFindings",
            "tags": [
              "Reading"
            ],
            "summary": "What checks said, newest first",
            "description": "Keys that are bound to a tenant are refused: findings are about everybody's records.",
            "x-scope": "read",
            "parameters": [
              {
                "name": "check",
                "in": "query",
                "description": "Of a check.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "subject",
                "in": "query",
                "description": "Of a subject.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "verdict",
                "in": "query",
                "description": "With a verdict.",
                "schema": {
                  "enum": [
                    "pass",
                    "warn",
                    "fail",
                    "unknown"
                  ]
                }
              },
              {
                "name": "since",
                "in": "query",
                "description": "Happened at this time or later: RFC 3339, or a day.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-11-01T00:00:00Z"
              },
              {
                "name": "until",
                "in": "query",
                "description": "Happened before this time.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-12-01"
              },
              {
                "name": "limit",
                "in": "query",
                "description": "Records of a page.",
                "schema": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000,
                  "default": 100
                }
              },
              {
                "name": "cursor",
                "in": "query",
                "description": "'next' of the answer before; all other parameters but 'limit' as they were. All pages are of the state of the ledger that the first one was of, whatever is appended meanwhile.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/FindingPage"
                    }
                  }
                }
              },
              "400": {
                "description": "A parameter is unknown, or says what it cannot.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/records/{kind}": {
          "get": {
            "operationId": "listRecords",
            "tags": [
              "Reading"
            ],
            "summary": "Records of a kind, those that were stored last first",
            "description": "Keys that are bound to a tenant see spans and incidents, which say whose they are, and are refused other kinds. What can be asked depends on the kind; an unknown parameter is answered with those that are known.",
            "x-scope": "read",
            "parameters": [
              {
                "name": "kind",
                "in": "path",
                "required": true,
                "description": "Or the plural that `tally sql` calls its view.",
                "schema": {
                  "type": "string",
                  "enum": [
                    "trial",
                    "annotation",
                    "artifact",
                    "span",
                    "change",
                    "finding",
                    "waiver",
                    "charge",
                    "run",
                    "item",
                    "attempt",
                    "receipt",
                    "lease",
                    "heartbeat",
                    "incident",
                    "decision",
                    "cost"
                  ]
                }
              },
              {
                "name": "feature",
                "in": "query",
                "description": "spans, incidents",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "model",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "status",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "kind",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "tool",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "tenant",
                "in": "query",
                "description": "spans, incidents",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "session",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "user",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "agent",
                "in": "query",
                "description": "spans",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "suite",
                "in": "query",
                "description": "trials",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "variant",
                "in": "query",
                "description": "trials",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "metric",
                "in": "query",
                "description": "trials",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "name",
                "in": "query",
                "description": "annotations, artifacts",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "subject",
                "in": "query",
                "description": "annotations, findings, waivers",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "annotator",
                "in": "query",
                "description": "annotations",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "artifact_kind",
                "in": "query",
                "description": "artifacts",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "sha256",
                "in": "query",
                "description": "artifacts",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "surface",
                "in": "query",
                "description": "changes",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "actor",
                "in": "query",
                "description": "changes",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "check",
                "in": "query",
                "description": "findings, waivers",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "verdict",
                "in": "query",
                "description": "findings",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "owner",
                "in": "query",
                "description": "waivers, decisions",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "account",
                "in": "query",
                "description": "charges",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "service",
                "in": "query",
                "description": "charges",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "run_id",
                "in": "query",
                "description": "runs and what belongs to them",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "item_id",
                "in": "query",
                "description": "items, attempts, receipts",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "resource",
                "in": "query",
                "description": "leases, heartbeats",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "incident_id",
                "in": "query",
                "description": "incidents",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "state",
                "in": "query",
                "description": "incidents",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "decision_id",
                "in": "query",
                "description": "decisions",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "trace_id",
                "in": "query",
                "description": "costs",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "span_id",
                "in": "query",
                "description": "costs",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "since",
                "in": "query",
                "description": "Happened at this time or later: RFC 3339, or a day.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-11-01T00:00:00Z"
              },
              {
                "name": "until",
                "in": "query",
                "description": "Happened before this time.",
                "schema": {
                  "type": "string"
                },
                "example": "2026-12-01"
              },
              {
                "name": "limit",
                "in": "query",
                "description": "Records of a page.",
                "schema": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000,
                  "default": 100
                }
              },
              {
                "name": "cursor",
                "in": "query",
                "description": "'next' of the answer before; all other parameters but 'limit' as they were. All pages are of the state of the ledger that the first one was of, whatever is appended meanwhile.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/RecordPage"
                    }
                  }
                }
              },
              "400": {
                "description": "A parameter is unknown, or says what it cannot.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "404": {
                "description": "There is no such kind.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/checks": {
          "get": {
            "operationId": "listChecks",
            "tags": [
              "Reading"
            ],
            "summary": "What can be judged",
            "description": "The checks that this server's version knows, with their manuals.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Checks"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/ledger": {
          "get": {
            "operationId": "getLedger",
            "tags": [
              "Reading"
            ],
            "summary": "How much the ledger holds",
            "description": "Keys that are bound to a tenant are refused: it is about everybody's records.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Ledger"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/budgets": {
          "get": {
            "operationId": "getBudgets",
            "tags": [
              "Reading"
            ],
            "summary": "How budgets of calls stand",
            "description": "The budgets that tally.yaml names, each with the windows that hold now: what is spent, what calls under way were promised, what is left, and when the window ends. Amounts are whole numbers of calls or tokens, or decimal ones of a currency. Keys that are bound to a tenant are refused: it is about everybody's calls.",
            "x-scope": "read",
            "parameters": [
              {
                "name": "at",
                "in": "query",
                "description": "The windows of another instant; such as 2026-03-01T12:00:00Z, or a day.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "limit",
                "in": "query",
                "description": "Windows of a page.",
                "schema": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000,
                  "default": 100
                }
              },
              {
                "name": "cursor",
                "in": "query",
                "description": "'next' of the answer before; 'at' as it was. All pages are of the windows that hold at one instant, each as it stands when its page is read.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Budgets"
                    }
                  }
                }
              },
              "400": {
                "description": "A parameter is unknown, or says what it cannot.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/openapi.json": {
          "get": {
            "operationId": "getDocument",
            "tags": [
              "Operation"
            ],
            "summary": "This document",
            "security": [],
            "responses": {
              "200": {
                "description": "The document.",
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/records": {
          "post": {
            "operationId": "addRecords",
            "tags": [
              "Intake"
            ],
            "summary": "Take records",
            "description": "A record a line, as `tally ingest` reads them from a file. All of a body becomes one commit, or nothing does. 200 means: on the disk.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/x-ndjson": {
                  "schema": {
                    "type": "string"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Kept.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Kept"
                    }
                  }
                }
              },
              "400": {
                "description": "It is not understood; nothing of it was stored.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/traces": {
          "post": {
            "operationId": "exportTraces",
            "tags": [
              "Intake"
            ],
            "summary": "Take spans over OTLP/HTTP",
            "description": "Spans of an ExportTraceServiceRequest. Documentation/OTLP.md says which attribute goes where. 200 means: on the disk.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/x-protobuf": {
                  "schema": {
                    "type": "string",
                    "format": "binary"
                  }
                },
                "application/json": {
                  "schema": {
                    "type": "object"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Kept; partialSuccess names what was not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportReply"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "400": {
                "description": "Not understood; do not send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest'.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "415": {
                "description": "Neither protobuf nor JSON, or compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/logs": {
          "post": {
            "operationId": "exportLogs",
            "tags": [
              "Intake"
            ],
            "summary": "Take results of evaluations over OTLP/HTTP",
            "description": "Events gen_ai.evaluation.result of an ExportLogsServiceRequest become annotations. Documentation/OTLP.md says which attribute goes where. 200 means: on the disk.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/x-protobuf": {
                  "schema": {
                    "type": "string",
                    "format": "binary"
                  }
                },
                "application/json": {
                  "schema": {
                    "type": "object"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Kept; partialSuccess names what was not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportReply"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "400": {
                "description": "Not understood; do not send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest'.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "415": {
                "description": "Neither protobuf nor JSON, or compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/public/otel/v1/traces": {
          "post": {
            "operationId": "exportTracesLangfuse",
            "tags": [
              "Intake"
            ],
            "summary": "Take spans from Langfuse's SDKs",
            "description": "The same as /v1/traces, where Langfuse's SDKs send them. Documentation/OTLP.md says which attribute goes where. 200 means: on the disk.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/x-protobuf": {
                  "schema": {
                    "type": "string",
                    "format": "binary"
                  }
                },
                "application/json": {
                  "schema": {
                    "type": "object"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Kept; partialSuccess names what was not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportReply"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "400": {
                "description": "Not understood; do not send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest'.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                }
              },
              "415": {
                "description": "Neither protobuf nor JSON, or compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/ExportFault"
                    }
                  },
                  "application/x-protobuf": {
                    "schema": {
                      "type": "string",
                      "format": "binary"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/chat/completions": {
          "post": {
            "operationId": "callChat",
            "tags": [
              "Calls"
            ],
            "summary": "Call a model: chat completions",
            "description": "OpenAI's API. Of a stream that does not ask for its usage, the usage is asked for and taken out again.",
            "x-scope": "call",
            "parameters": [
              {
                "name": "x-tally-feature",
                "in": "header",
                "required": false,
                "description": "Of which feature the call is.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-agent",
                "in": "header",
                "required": false,
                "description": "Which agent makes it.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-tenant",
                "in": "header",
                "required": false,
                "description": "For which tenant; a key that is bound to one says it already.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-session",
                "in": "header",
                "required": false,
                "description": "Of which session.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-user",
                "in": "header",
                "required": false,
                "description": "For which user.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-stage",
                "in": "header",
                "required": false,
                "description": "In which stage of a pipeline.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-prompt",
                "in": "header",
                "required": false,
                "description": "With which prompt and version, such as greeting@3.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-attempt",
                "in": "header",
                "required": false,
                "description": "The how-many-eth attempt it is; else by x-stainless-retry-count, which SDKs send.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "traceparent",
                "in": "header",
                "required": false,
                "description": "W3C Trace Context: whose child the span is.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "type": "object",
                    "required": [
                      "model"
                    ],
                    "properties": {
                      "model": {
                        "type": "string"
                      },
                      "stream": {
                        "type": "boolean"
                      }
                    },
                    "additionalProperties": true
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "What the upstream answered, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-degraded": {
                    "description": "UPSTREAM/MODEL of the fallback that answered in place of whom the route names; absent otherwise.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-break-glass": {
                    "description": "Codes of the refusals that a break-glass key passed, with commas; absent where it passed none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                },
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object"
                    }
                  },
                  "text/event-stream": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "400": {
                "description": "No request, or one that could be read in two ways; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'call', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "404": {
                "description": "No upstream, or no route for the model.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large, compressed or not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "429": {
                "description": "More is being delivered than fits into memory; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "502": {
                "description": "The upstream cannot be reached, or broke off before it answered.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot keep up and on_ledger_pressure is refuse; or keys cannot be read.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "504": {
                "description": "The upstream was silent for too long.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "default": {
                "description": "Any other status of the upstream, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/responses": {
          "post": {
            "operationId": "callResponses",
            "tags": [
              "Calls"
            ],
            "summary": "Call a model: responses",
            "description": "OpenAI's API.",
            "x-scope": "call",
            "parameters": [
              {
                "name": "x-tally-feature",
                "in": "header",
                "required": false,
                "description": "Of which feature the call is.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-agent",
                "in": "header",
                "required": false,
                "description": "Which agent makes it.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-tenant",
                "in": "header",
                "required": false,
                "description": "For which tenant; a key that is bound to one says it already.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-session",
                "in": "header",
                "required": false,
                "description": "Of which session.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-user",
                "in": "header",
                "required": false,
                "description": "For which user.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-stage",
                "in": "header",
                "required": false,
                "description": "In which stage of a pipeline.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-prompt",
                "in": "header",
                "required": false,
                "description": "With which prompt and version, such as greeting@3.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-attempt",
                "in": "header",
                "required": false,
                "description": "The how-many-eth attempt it is; else by x-stainless-retry-count, which SDKs send.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "traceparent",
                "in": "header",
                "required": false,
                "description": "W3C Trace Context: whose child the span is.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "type": "object",
                    "required": [
                      "model"
                    ],
                    "properties": {
                      "model": {
                        "type": "string"
                      },
                      "stream": {
                        "type": "boolean"
                      }
                    },
                    "additionalProperties": true
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "What the upstream answered, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-degraded": {
                    "description": "UPSTREAM/MODEL of the fallback that answered in place of whom the route names; absent otherwise.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-break-glass": {
                    "description": "Codes of the refusals that a break-glass key passed, with commas; absent where it passed none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                },
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object"
                    }
                  },
                  "text/event-stream": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "400": {
                "description": "No request, or one that could be read in two ways; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'call', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "404": {
                "description": "No upstream, or no route for the model.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large, compressed or not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "429": {
                "description": "More is being delivered than fits into memory; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "502": {
                "description": "The upstream cannot be reached, or broke off before it answered.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot keep up and on_ledger_pressure is refuse; or keys cannot be read.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "504": {
                "description": "The upstream was silent for too long.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "default": {
                "description": "Any other status of the upstream, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/embeddings": {
          "post": {
            "operationId": "callEmbeddings",
            "tags": [
              "Calls"
            ],
            "summary": "Call a model: embeddings",
            "description": "OpenAI's API.",
            "x-scope": "call",
            "parameters": [
              {
                "name": "x-tally-feature",
                "in": "header",
                "required": false,
                "description": "Of which feature the call is.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-agent",
                "in": "header",
                "required": false,
                "description": "Which agent makes it.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-tenant",
                "in": "header",
                "required": false,
                "description": "For which tenant; a key that is bound to one says it already.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-session",
                "in": "header",
                "required": false,
                "description": "Of which session.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-user",
                "in": "header",
                "required": false,
                "description": "For which user.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-stage",
                "in": "header",
                "required": false,
                "description": "In which stage of a pipeline.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-prompt",
                "in": "header",
                "required": false,
                "description": "With which prompt and version, such as greeting@3.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-attempt",
                "in": "header",
                "required": false,
                "description": "The how-many-eth attempt it is; else by x-stainless-retry-count, which SDKs send.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "traceparent",
                "in": "header",
                "required": false,
                "description": "W3C Trace Context: whose child the span is.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "type": "object",
                    "required": [
                      "model"
                    ],
                    "properties": {
                      "model": {
                        "type": "string"
                      },
                      "stream": {
                        "type": "boolean"
                      }
                    },
                    "additionalProperties": true
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "What the upstream answered, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-degraded": {
                    "description": "UPSTREAM/MODEL of the fallback that answered in place of whom the route names; absent otherwise.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-break-glass": {
                    "description": "Codes of the refusals that a break-glass key passed, with commas; absent where it passed none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                },
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object"
                    }
                  }
                }
              },
              "400": {
                "description": "No request, or one that could be read in two ways; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'call', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "404": {
                "description": "No upstream, or no route for the model.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large, compressed or not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "429": {
                "description": "More is being delivered than fits into memory; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "502": {
                "description": "The upstream cannot be reached, or broke off before it answered.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot keep up and on_ledger_pressure is refuse; or keys cannot be read.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "504": {
                "description": "The upstream was silent for too long.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "default": {
                "description": "Any other status of the upstream, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/messages": {
          "post": {
            "operationId": "callMessages",
            "tags": [
              "Calls"
            ],
            "summary": "Call a model: messages",
            "description": "Anthropic's API.",
            "x-scope": "call",
            "parameters": [
              {
                "name": "x-tally-feature",
                "in": "header",
                "required": false,
                "description": "Of which feature the call is.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-agent",
                "in": "header",
                "required": false,
                "description": "Which agent makes it.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-tenant",
                "in": "header",
                "required": false,
                "description": "For which tenant; a key that is bound to one says it already.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-session",
                "in": "header",
                "required": false,
                "description": "Of which session.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-user",
                "in": "header",
                "required": false,
                "description": "For which user.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-stage",
                "in": "header",
                "required": false,
                "description": "In which stage of a pipeline.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-prompt",
                "in": "header",
                "required": false,
                "description": "With which prompt and version, such as greeting@3.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "x-tally-attempt",
                "in": "header",
                "required": false,
                "description": "The how-many-eth attempt it is; else by x-stainless-retry-count, which SDKs send.",
                "schema": {
                  "type": "string"
                }
              },
              {
                "name": "traceparent",
                "in": "header",
                "required": false,
                "description": "W3C Trace Context: whose child the span is.",
                "schema": {
                  "type": "string"
                }
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "type": "object",
                    "required": [
                      "model"
                    ],
                    "properties": {
                      "model": {
                        "type": "string"
                      },
                      "stream": {
                        "type": "boolean"
                      }
                    },
                    "additionalProperties": true
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "What the upstream answered, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-degraded": {
                    "description": "UPSTREAM/MODEL of the fallback that answered in place of whom the route names; absent otherwise.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-break-glass": {
                    "description": "Codes of the refusals that a break-glass key passed, with commas; absent where it passed none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                },
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object"
                    }
                  },
                  "text/event-stream": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "400": {
                "description": "No request, or one that could be read in two ways; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'call', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "404": {
                "description": "No upstream, or no route for the model.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large, compressed or not.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                }
              },
              "429": {
                "description": "More is being delivered than fits into memory; or the upstream's own refusal.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "502": {
                "description": "The upstream cannot be reached, or broke off before it answered.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot keep up and on_ledger_pressure is refuse; or keys cannot be read.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  },
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "504": {
                "description": "The upstream was silent for too long.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/AnthropicError"
                    }
                  }
                },
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "default": {
                "description": "Any other status of the upstream, as it came.",
                "headers": {
                  "x-tally-trace-id": {
                    "description": "The trace of the call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  },
                  "x-tally-span-id": {
                    "description": "The call's span; absent where the call has none.",
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "/v1/models": {
          "get": {
            "operationId": "listModels",
            "tags": [
              "Calls"
            ],
            "summary": "Models that can be called",
            "description": "Those that have a route of their own in tally.yaml; without routes, what the only upstream answers. As Anthropic lists them where anthropic-version is sent.",
            "x-scope": "call",
            "responses": {
              "200": {
                "description": "The list.",
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object",
                      "required": [
                        "data"
                      ],
                      "properties": {
                        "data": {
                          "type": "array",
                          "items": {
                            "type": "object"
                          }
                        }
                      },
                      "additionalProperties": true
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'call'.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "404": {
                "description": "No upstream, or several without routes; in Anthropic's words where anthropic-version is sent.",
                "content": {
                  "application/json": {
                    "schema": {
                      "anyOf": [
                        {
                          "$ref": "#/components/schemas/OpenAIError"
                        },
                        {
                          "$ref": "#/components/schemas/AnthropicError"
                        }
                      ]
                    }
                  }
                }
              },
              "502": {
                "description": "The upstream cannot be reached.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "503": {
                "description": "Keys cannot be read.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "504": {
                "description": "The upstream was silent for too long.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/OpenAIError"
                    }
                  }
                }
              },
              "default": {
                "description": "Any other status of the upstream, as it came."
              }
            }
          }
        },
        "/api/public/scores": {
          "post": {
            "operationId": "addScores",
            "tags": [
              "Langfuse"
            ],
            "summary": "Take scores from Langfuse's SDKs",
            "description": "One score, or a list of them; they become annotations.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "oneOf": [
                      {
                        "type": "object"
                      },
                      {
                        "type": "array",
                        "items": {
                          "type": "object"
                        }
                      }
                    ]
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "The score is kept.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/LangfuseScores"
                    }
                  }
                }
              },
              "202": {
                "description": "All of the list are kept.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/LangfuseScores"
                    }
                  }
                }
              },
              "207": {
                "description": "Some of the list are kept.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/LangfuseScores"
                    }
                  }
                }
              },
              "400": {
                "description": "It is not understood; nothing of it was stored.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/public/ingestion": {
          "post": {
            "operationId": "addEvents",
            "tags": [
              "Langfuse"
            ],
            "summary": "Take events of Langfuse's older SDKs",
            "description": "Scores are taken; traces are refused event by event: an SDK of version 3 or later sends them as OTLP.",
            "x-scope": "ingest",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "type": "object",
                    "required": [
                      "batch"
                    ],
                    "properties": {
                      "batch": {
                        "type": "array",
                        "items": {
                          "type": "object"
                        }
                      }
                    },
                    "additionalProperties": true
                  }
                }
              }
            },
            "responses": {
              "207": {
                "description": "Event by event.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/LangfuseEvents"
                    }
                  }
                }
              },
              "400": {
                "description": "It is not understood; nothing of it was stored.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'ingest', or is bound to another tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "413": {
                "description": "It is too large.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "429": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "Nothing was stored; send it again.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/public/projects": {
          "get": {
            "operationId": "listProjects",
            "tags": [
              "Langfuse"
            ],
            "summary": "Whether a key is good, as Langfuse's SDKs ask",
            "responses": {
              "200": {
                "description": "It is.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/LangfuseProjects"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "503": {
                "description": "The keys cannot be read now.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/healthz": {
          "get": {
            "operationId": "isAlive",
            "tags": [
              "Operation"
            ],
            "summary": "Whether the process answers",
            "security": [],
            "responses": {
              "200": {
                "description": "It does.",
                "content": {
                  "text/plain": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "/readyz": {
          "get": {
            "operationId": "isReady",
            "tags": [
              "Operation"
            ],
            "summary": "Whether the ledger can be read",
            "security": [],
            "responses": {
              "200": {
                "description": "It can.",
                "content": {
                  "text/plain": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "503": {
                "description": "It cannot; the server's log says why.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              }
            }
          }
        },
        "/metrics": {
          "get": {
            "operationId": "getMetrics",
            "tags": [
              "Operation"
            ],
            "summary": "Numbers for Prometheus",
            "x-scope": "read",
            "responses": {
              "200": {
                "description": "The text format, version 0.0.4.",
                "content": {
                  "text/plain": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope 'read', or is bound to a tenant.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                }
              },
              "503": {
                "description": "The keys cannot be read now.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Error"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/schedule": {
          "get": {
            "operationId": "listSchedules",
            "tags": [
              "Reading"
            ],
            "summary": "What runs by the clock, what it said, and which alerts are open",
            "description": "The schedules of this server's `tally.yaml`, with what the ledger knows of them whichever server ran them. Keys that are bound to a tenant are refused: it is about everybody's findings.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Schedules"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/breakers": {
          "get": {
            "operationId": "listBreakers",
            "tags": [
              "Calls"
            ],
            "summary": "How the breakers of this server stand",
            "description": "States are this server's own; what people say (`tally breaker`) holds for every server of the ledger. Keys that are bound to a tenant are refused: it is about everybody's calls.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Breakers"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/orders": {
          "get": {
            "operationId": "getOrders",
            "tags": [
              "Calls"
            ],
            "summary": "What people have ordered of calls",
            "description": "Freezes and drills that hold, and what they did at this server. Whose key is bound to a tenant sees none of it.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Orders"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/failure-budgets": {
          "get": {
            "operationId": "getFailureBudgets",
            "tags": [
              "Calls"
            ],
            "summary": "How failure budgets stand",
            "description": "How much of what features and agents do has failed against what is tolerated, as this server last read the ledger, and what that did to calls. Whose key is bound to a tenant sees none of it.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/FailureBudgets"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to a tenant.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/decide": {
          "post": {
            "operationId": "decide",
            "tags": [
              "Decisions"
            ],
            "summary": "May this call be made?",
            "description": "The budgets and breakers of tally.yaml, for a call that another gateway is about to make. What it is promised is durable before the answer leaves, and held until `/api/v1/settle` says how the call ended, or until `expires_at`: then all of it counts as spent. A refusal is an answer, with status 200. A key that is bound to a tenant decides for that tenant only. Breakers are those of this server process.",
            "x-scope": "decide",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "$ref": "#/components/schemas/DecideRequest"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Decided.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Decision"
                    }
                  }
                }
              },
              "400": {
                "description": "The body is no JSON object, or a member of it is unknown or says what it cannot; `parameter` names it.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to another tenant than the one that is stated.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "404": {
                "description": "tally.yaml names nothing that could be decided: NOTHING_TO_DECIDE.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "413": {
                "description": "The body is too large.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The server or its ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger does not answer now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/settle": {
          "post": {
            "operationId": "settle",
            "tags": [
              "Decisions"
            ],
            "summary": "How did the call end?",
            "description": "Settles what the call was promised, tells its breaker and writes its span. Any server of the ledger may be told. The first to say it is heard: saying it again changes nothing, and `result` says so. A breaker whose probe was let in by another process is told by that process's expiry alone.",
            "x-scope": "decide",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": {
                    "$ref": "#/components/schemas/SettleRequest"
                  }
                }
              }
            },
            "responses": {
              "200": {
                "description": "Heard.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Settlement"
                    }
                  }
                }
              },
              "400": {
                "description": "The body is no JSON object, or a member of it is unknown or says what it cannot; `parameter` names it.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope, or is bound to another tenant than the one that is stated.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "404": {
                "description": "Nothing was decided under this id, or it is forgotten (a day after it expired), or it is another tenant's: UNKNOWN_DECISION.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "413": {
                "description": "The body is too large.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "415": {
                "description": "It is compressed otherwise than with gzip.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "429": {
                "description": "The server or its ledger is busy.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger does not answer now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "/api/v1/tenants": {
          "get": {
            "operationId": "listTenants",
            "tags": [
              "Calls"
            ],
            "summary": "How the tenants of this server stand",
            "description": "What tenants have left of their limits, and what waits for upstreams with a concurrency; this server's own. A key that is bound to a tenant sees that one, and no queue.",
            "x-scope": "read",
            "parameters": [],
            "responses": {
              "200": {
                "description": "The answer.",
                "content": {
                  "application/json": {
                    "schema": {
                      "$ref": "#/components/schemas/Tenants"
                    }
                  }
                }
              },
              "401": {
                "description": "No key, or none that is known.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "403": {
                "description": "The key lacks the scope.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "503": {
                "description": "The ledger cannot be read now.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        }
      },
      "components": {
        "securitySchemes": {
          "bearer": {
            "type": "http",
            "scheme": "bearer"
          },
          "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "The key's name, or nothing, as user; the token as password."
          },
          "key": {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key"
          }
        },
        "schemas": {
          "Span": {
            "type": "object",
            "description": "One operation of an AI system: a call of a model, a tool, a retrieval. Fields that are unknown are absent.",
            "required": [
              "kind",
              "span_id",
              "trace_id",
              "name",
              "span_kind",
              "started_at"
            ],
            "properties": {
              "kind": {
                "const": "span"
              },
              "record_id": {
                "type": "string",
                "description": "Names the record; findings cite it as evidence. Lists have it."
              },
              "span_id": {
                "type": "string"
              },
              "trace_id": {
                "type": "string"
              },
              "parent_id": {
                "type": "string",
                "description": "The span that this one was called by."
              },
              "name": {
                "type": "string"
              },
              "span_kind": {
                "type": "string",
                "description": "chat, completion, embeddings, retrieval, rerank, tool, agent, workflow…"
              },
              "started_at": {
                "type": "string",
                "format": "date-time"
              },
              "ended_at": {
                "type": "string",
                "format": "date-time",
                "description": "Absent while it is open."
              },
              "status": {
                "enum": [
                  "ok",
                  "error",
                  "timeout"
                ]
              },
              "error_type": {
                "type": "string"
              },
              "feature": {
                "type": "string"
              },
              "tenant": {
                "type": "string"
              },
              "session_id": {
                "type": "string"
              },
              "user_id": {
                "type": "string"
              },
              "tags": {
                "type": "object",
                "additionalProperties": {
                  "type": "string"
                }
              },
              "traffic_cluster": {
                "type": "string"
              },
              "stage": {
                "type": "string"
              },
              "model_requested": {
                "type": "string"
              },
              "model_served": {
                "type": "string"
              },
              "prompt_id": {
                "type": "string"
              },
              "prompt_sha256": {
                "type": "string"
              },
              "config_sha256": {
                "type": "string"
              },
              "parameters": {
                "type": "object"
              },
              "input_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "All of the prompt's, cached ones included."
              },
              "output_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "All of the answer's, thoughts included."
              },
              "cached_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "Of the prompt's, those that were read from a cache."
              },
              "cost_usd": {
                "type": "string",
                "description": "What its exporter stated, a decimal number; 'cost' is by the ledger's prices."
              },
              "finish_reason": {
                "type": "string"
              },
              "refusal": {
                "type": "boolean"
              },
              "retrieved": {
                "type": "array",
                "items": {
                  "type": "object"
                },
                "description": "Chunks that were found; an empty list found nothing, an absent one was not recorded."
              },
              "index_sha256": {
                "type": "string"
              },
              "tool": {
                "type": "string"
              },
              "tool_schema_sha256": {
                "type": "string"
              },
              "attempt": {
                "type": "integer"
              },
              "idempotency_key": {
                "type": "string"
              },
              "subject": {
                "type": "string"
              },
              "subject_sha256": {
                "type": "string"
              },
              "attributes": {
                "type": "object",
                "description": "What no field is for, as it came."
              },
              "input_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as input; `traces/{trace_id}?content=true` shows it."
              },
              "output_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as output; `traces/{trace_id}?content=true` shows it."
              },
              "instructions_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as instructions; `traces/{trace_id}?content=true` shows it."
              },
              "tools_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as tools; `traces/{trace_id}?content=true` shows it."
              },
              "other_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as other; `traces/{trace_id}?content=true` shows it."
              },
              "cost": {
                "$ref": "#/components/schemas/Cost"
              }
            },
            "additionalProperties": false
          },
          "TraceSpan": {
            "type": "object",
            "description": "A span at its place in the tree.",
            "required": [
              "kind",
              "span_id",
              "trace_id",
              "name",
              "span_kind",
              "started_at",
              "depth"
            ],
            "properties": {
              "kind": {
                "const": "span"
              },
              "record_id": {
                "type": "string",
                "description": "Names the record; findings cite it as evidence. Lists have it."
              },
              "span_id": {
                "type": "string"
              },
              "trace_id": {
                "type": "string"
              },
              "parent_id": {
                "type": "string",
                "description": "The span that this one was called by."
              },
              "name": {
                "type": "string"
              },
              "span_kind": {
                "type": "string",
                "description": "chat, completion, embeddings, retrieval, rerank, tool, agent, workflow…"
              },
              "started_at": {
                "type": "string",
                "format": "date-time"
              },
              "ended_at": {
                "type": "string",
                "format": "date-time",
                "description": "Absent while it is open."
              },
              "status": {
                "enum": [
                  "ok",
                  "error",
                  "timeout"
                ]
              },
              "error_type": {
                "type": "string"
              },
              "feature": {
                "type": "string"
              },
              "tenant": {
                "type": "string"
              },
              "session_id": {
                "type": "string"
              },
              "user_id": {
                "type": "string"
              },
              "tags": {
                "type": "object",
                "additionalProperties": {
                  "type": "string"
                }
              },
              "traffic_cluster": {
                "type": "string"
              },
              "stage": {
                "type": "string"
              },
              "model_requested": {
                "type": "string"
              },
              "model_served": {
                "type": "string"
              },
              "prompt_id": {
                "type": "string"
              },
              "prompt_sha256": {
                "type": "string"
              },
              "config_sha256": {
                "type": "string"
              },
              "parameters": {
                "type": "object"
              },
              "input_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "All of the prompt's, cached ones included."
              },
              "output_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "All of the answer's, thoughts included."
              },
              "cached_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "Of the prompt's, those that were read from a cache."
              },
              "cost_usd": {
                "type": "string",
                "description": "What its exporter stated, a decimal number; 'cost' is by the ledger's prices."
              },
              "finish_reason": {
                "type": "string"
              },
              "refusal": {
                "type": "boolean"
              },
              "retrieved": {
                "type": "array",
                "items": {
                  "type": "object"
                },
                "description": "Chunks that were found; an empty list found nothing, an absent one was not recorded."
              },
              "index_sha256": {
                "type": "string"
              },
              "tool": {
                "type": "string"
              },
              "tool_schema_sha256": {
                "type": "string"
              },
              "attempt": {
                "type": "integer"
              },
              "idempotency_key": {
                "type": "string"
              },
              "subject": {
                "type": "string"
              },
              "subject_sha256": {
                "type": "string"
              },
              "attributes": {
                "type": "object",
                "description": "What no field is for, as it came."
              },
              "input_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as input; `traces/{trace_id}?content=true` shows it."
              },
              "output_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as output; `traces/{trace_id}?content=true` shows it."
              },
              "instructions_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as instructions; `traces/{trace_id}?content=true` shows it."
              },
              "tools_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as tools; `traces/{trace_id}?content=true` shows it."
              },
              "other_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Names what was said as other; `traces/{trace_id}?content=true` shows it."
              },
              "cost": {
                "$ref": "#/components/schemas/Cost"
              },
              "depth": {
                "type": "integer",
                "minimum": 0,
                "description": "How many spans lie above it; 0 at the top."
              },
              "input": {
                "description": "With content=true: what was said as input, where the ledger has it."
              },
              "output": {
                "description": "With content=true: what was said as output, where the ledger has it."
              },
              "instructions": {
                "description": "With content=true: what was said as instructions, where the ledger has it."
              },
              "tools": {
                "description": "With content=true: what was said as tools, where the ledger has it."
              },
              "other": {
                "description": "With content=true: what was said as other, where the ledger has it."
              }
            },
            "additionalProperties": false
          },
          "Cost": {
            "type": "object",
            "description": "What a span costs by the prices that were asked last.",
            "required": [
              "at"
            ],
            "properties": {
              "amount": {
                "type": "string",
                "description": "Decimal; absent where it is unknown, and 'reason' says why."
              },
              "currency": {
                "type": "string"
              },
              "price_version": {
                "type": "string",
                "description": "SHA-256 of the table of prices."
              },
              "reason": {
                "type": "string"
              },
              "at": {
                "type": "string",
                "format": "date-time"
              }
            },
            "additionalProperties": false
          },
          "Record": {
            "type": "object",
            "description": "A record of any kind, with the fields that its kind has in lines of tally.records/1.",
            "required": [
              "kind",
              "record_id"
            ],
            "properties": {
              "kind": {
                "enum": [
                  "trial",
                  "annotation",
                  "artifact",
                  "span",
                  "change",
                  "finding",
                  "waiver",
                  "charge",
                  "run",
                  "item",
                  "attempt",
                  "receipt",
                  "lease",
                  "heartbeat",
                  "incident",
                  "decision",
                  "cost"
                ]
              },
              "record_id": {
                "type": "string"
              }
            },
            "additionalProperties": true
          },
          "Annotation": {
            "type": "object",
            "description": "A judgement by a person, a model or code.",
            "required": [
              "kind"
            ],
            "properties": {
              "kind": {
                "const": "annotation"
              }
            },
            "additionalProperties": true
          },
          "Finding": {
            "type": "object",
            "description": "What a check said of a subject.",
            "required": [
              "kind",
              "record_id",
              "schema",
              "check",
              "subject",
              "verdict",
              "reasons",
              "headline",
              "next",
              "as_of",
              "at",
              "expires_at"
            ],
            "properties": {
              "kind": {
                "const": "finding"
              },
              "record_id": {
                "type": "string"
              },
              "schema": {
                "const": "tally.finding/1"
              },
              "check": {
                "type": "string"
              },
              "subject": {
                "type": "string"
              },
              "verdict": {
                "enum": [
                  "pass",
                  "warn",
                  "fail",
                  "unknown"
                ]
              },
              "reasons": {
                "type": "array",
                "items": {
                  "type": "object"
                }
              },
              "headline": {
                "type": "string"
              },
              "measures": {
                "type": "array",
                "items": {
                  "type": "object"
                }
              },
              "figures": {
                "type": "array",
                "items": {
                  "type": "object"
                }
              },
              "evidence": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Ids of records."
              },
              "missing": {
                "type": "array",
                "items": {
                  "type": "object"
                },
                "description": "What evidence an unknown lacks."
              },
              "next": {
                "type": "string",
                "description": "The one next action."
              },
              "owner": {
                "type": "string"
              },
              "method": {
                "type": "string"
              },
              "as_of": {
                "type": "string",
                "format": "date-time"
              },
              "seed": {
                "type": "string"
              },
              "looks": {
                "type": "integer"
              },
              "policy_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$"
              },
              "inputs_sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$"
              },
              "at": {
                "type": "string",
                "format": "date-time"
              },
              "expires_at": {
                "type": "string",
                "format": "date-time"
              }
            },
            "additionalProperties": false
          },
          "AsOf": {
            "type": "object",
            "description": "The state of the ledger that the answer is of.",
            "required": [
              "commit"
            ],
            "properties": {
              "commit": {
                "type": "integer",
                "minimum": 0,
                "description": "The newest commit in sight."
              },
              "at": {
                "type": "string",
                "format": "date-time",
                "description": "Its time; absent in an empty ledger."
              }
            },
            "additionalProperties": false
          },
          "SpanPage": {
            "type": "object",
            "required": [
              "records",
              "as_of"
            ],
            "properties": {
              "records": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Span"
                },
                "description": "Those that were stored last first."
              },
              "next": {
                "type": "string",
                "description": "Send it as 'cursor' for the records that follow; absent after the last. A page may be short, even empty, and others follow all the same."
              },
              "as_of": {
                "$ref": "#/components/schemas/AsOf"
              }
            },
            "additionalProperties": false
          },
          "FindingPage": {
            "type": "object",
            "required": [
              "records",
              "as_of"
            ],
            "properties": {
              "records": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Finding"
                },
                "description": "Those that were stored last first."
              },
              "next": {
                "type": "string",
                "description": "Send it as 'cursor' for the records that follow; absent after the last. A page may be short, even empty, and others follow all the same."
              },
              "as_of": {
                "$ref": "#/components/schemas/AsOf"
              }
            },
            "additionalProperties": false
          },
          "RecordPage": {
            "type": "object",
            "required": [
              "records",
              "as_of"
            ],
            "properties": {
              "records": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Record"
                },
                "description": "Those that were stored last first."
              },
              "next": {
                "type": "string",
                "description": "Send it as 'cursor' for the records that follow; absent after the last. A page may be short, even empty, and others follow all the same."
              },
              "as_of": {
                "$ref": "#/components/schemas/AsOf"
              }
            },
            "additionalProperties": false
          },
          "Trace": {
            "type": "object",
            "required": [
              "trace_id",
              "spans",
              "spans_left_out",
              "annotations",
              "as_of"
            ],
            "properties": {
              "trace_id": {
                "type": "string"
              },
              "spans": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/TraceSpan"
                },
                "description": "Each before those it called: read down, 'depth' gives the tree."
              },
              "spans_left_out": {
                "type": "integer",
                "minimum": 0,
                "description": "Of a trace of more than 10,000 spans, those beyond."
              },
              "annotations": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Annotation"
                },
                "description": "What was said of its spans and of the whole; none for a key that is bound to a tenant."
              },
              "as_of": {
                "$ref": "#/components/schemas/AsOf"
              }
            },
            "additionalProperties": false
          },
          "Checks": {
            "type": "object",
            "required": [
              "checks"
            ],
            "properties": {
              "checks": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "id",
                    "question"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "question": {
                      "type": "string",
                      "description": "What it answers."
                    },
                    "manual": {
                      "type": "string",
                      "description": "What it reads, says and can be told: Markdown."
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          },
          "Ledger": {
            "type": "object",
            "required": [
              "commits",
              "head",
              "records",
              "replaced"
            ],
            "properties": {
              "commits": {
                "type": "integer",
                "minimum": 0,
                "description": "Commits of the chain."
              },
              "last_commit": {
                "type": "string",
                "format": "date-time"
              },
              "head": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Head of the chain: note it elsewhere, and `tally ledger verify --head` proves that nothing before it was changed."
              },
              "records": {
                "type": "object",
                "required": [
                  "trial",
                  "annotation",
                  "artifact",
                  "span",
                  "change",
                  "finding",
                  "waiver",
                  "charge",
                  "run",
                  "item",
                  "attempt",
                  "receipt",
                  "lease",
                  "heartbeat",
                  "incident",
                  "decision",
                  "cost"
                ],
                "properties": {
                  "trial": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "annotation": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "artifact": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "span": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "change": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "finding": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "waiver": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "charge": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "run": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "item": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "attempt": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "receipt": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "lease": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "heartbeat": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "incident": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "decision": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  },
                  "cost": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Rows, replaced ones included."
                  }
                },
                "additionalProperties": false
              },
              "replaced": {
                "type": "integer",
                "minimum": 0,
                "description": "Rows that a later one replaced."
              }
            },
            "additionalProperties": false
          },
          "Budgets": {
            "type": "object",
            "required": [
              "at",
              "budgets"
            ],
            "properties": {
              "at": {
                "type": "string",
                "format": "date-time"
              },
              "budgets": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Budget"
                }
              },
              "next": {
                "type": "string",
                "description": "Send it as 'cursor' for the windows that follow; absent after the last. A budget whose windows do not fit one page is on the next one again, with the others."
              }
            }
          },
          "Budget": {
            "type": "object",
            "required": [
              "budget",
              "mode",
              "each",
              "unit",
              "limit",
              "per",
              "windows"
            ],
            "properties": {
              "budget": {
                "type": "string",
                "description": "Its name."
              },
              "mode": {
                "type": "string",
                "enum": [
                  "off",
                  "observe",
                  "enforce"
                ]
              },
              "each": {
                "type": "string",
                "enum": [
                  "all",
                  "key",
                  "tenant",
                  "feature",
                  "model",
                  "agent",
                  "run"
                ],
                "description": "Whom it counts apart."
              },
              "unit": {
                "type": "string",
                "description": "calls, tokens or a currency.",
                "examples": [
                  "USD"
                ]
              },
              "limit": {
                "type": "string",
                "pattern": "^[0-9]+(\\.[0-9]+)?$",
                "description": "What calls may use in a window."
              },
              "per": {
                "type": "string",
                "enum": [
                  "hour",
                  "day",
                  "month"
                ]
              },
              "windows": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/BudgetWindow"
                }
              }
            }
          },
          "BudgetWindow": {
            "type": "object",
            "required": [
              "subject",
              "spent",
              "held",
              "left",
              "starts_at",
              "resets_at",
              "orphaned"
            ],
            "properties": {
              "subject": {
                "type": "string",
                "description": "Whose calls; empty for all, and for calls of nobody."
              },
              "spent": {
                "type": "string",
                "pattern": "^[0-9]+(\\.[0-9]+)?$",
                "description": "What calls that have ended used, with what is orphaned."
              },
              "held": {
                "type": "string",
                "pattern": "^[0-9]+(\\.[0-9]+)?$",
                "description": "What calls under way were promised, and the credit that servers hold for those to come."
              },
              "left": {
                "type": "string",
                "pattern": "^[0-9]+(\\.[0-9]+)?$",
                "description": "What may still be promised."
              },
              "starts_at": {
                "type": "string",
                "format": "date-time"
              },
              "resets_at": {
                "type": "string",
                "format": "date-time"
              },
              "orphaned": {
                "type": "array",
                "description": "Promises that count as spent because nobody said what their calls used: the process died, or the ledger was away for too long. One names a call, or the block of credit of a process, of which it had promised some to its calls.",
                "items": {
                  "type": "object",
                  "required": [
                    "amount",
                    "expired_at"
                  ],
                  "properties": {
                    "trace_id": {
                      "type": "string"
                    },
                    "span_id": {
                      "type": "string"
                    },
                    "block": {
                      "type": "string",
                      "description": "Where it was the credit of a server that died."
                    },
                    "amount": {
                      "type": "string",
                      "pattern": "^[0-9]+(\\.[0-9]+)?$",
                      "description": "All that was promised."
                    },
                    "expired_at": {
                      "type": "string",
                      "format": "date-time"
                    }
                  }
                }
              }
            }
          },
          "Problem": {
            "type": "object",
            "description": "Problem details (RFC 9457).",
            "required": [
              "type",
              "title",
              "status",
              "detail",
              "code"
            ],
            "properties": {
              "type": {
                "type": "string"
              },
              "title": {
                "type": "string"
              },
              "status": {
                "type": "integer"
              },
              "detail": {
                "type": "string",
                "description": "What is wrong and what to do."
              },
              "code": {
                "type": "string",
                "description": "A word for programs."
              },
              "parameter": {
                "type": "string",
                "description": "The parameter at fault."
              }
            },
            "additionalProperties": false
          },
          "Error": {
            "type": "object",
            "required": [
              "error"
            ],
            "properties": {
              "error": {
                "type": "object",
                "required": [
                  "code",
                  "message"
                ],
                "properties": {
                  "code": {
                    "type": "string"
                  },
                  "message": {
                    "type": "string",
                    "description": "What is wrong and what to do."
                  },
                  "missing_scope": {
                    "type": "string"
                  }
                },
                "additionalProperties": false
              }
            },
            "additionalProperties": false
          },
          "Kept": {
            "type": "object",
            "required": [
              "kept",
              "refused"
            ],
            "properties": {
              "kept": {
                "type": "integer",
                "minimum": 0,
                "description": "Records that are durable now, those that were there before included."
              },
              "refused": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Why each of the others was not kept."
              },
              "commit": {
                "type": "integer",
                "minimum": 0,
                "description": "The commit that holds them; absent where nothing was new."
              }
            },
            "additionalProperties": false
          },
          "ExportReply": {
            "type": "object",
            "description": "OTLP's reply.",
            "properties": {
              "partialSuccess": {
                "type": "object",
                "properties": {
                  "rejectedSpans": {
                    "type": "string",
                    "description": "A count, as text."
                  },
                  "rejectedLogRecords": {
                    "type": "string",
                    "description": "A count, as text."
                  },
                  "errorMessage": {
                    "type": "string"
                  }
                },
                "additionalProperties": false
              }
            },
            "additionalProperties": false
          },
          "ExportFault": {
            "type": "object",
            "description": "OTLP's reply to what was not taken.",
            "required": [
              "message"
            ],
            "properties": {
              "message": {
                "type": "string"
              }
            },
            "additionalProperties": false
          },
          "LangfuseScores": {
            "oneOf": [
              {
                "type": "object",
                "required": [
                  "id"
                ],
                "properties": {
                  "id": {
                    "type": "string"
                  }
                },
                "additionalProperties": false
              },
              {
                "type": "object",
                "required": [
                  "message"
                ],
                "properties": {
                  "message": {
                    "type": "string"
                  }
                },
                "additionalProperties": false
              },
              {
                "type": "object",
                "required": [
                  "accepted",
                  "rejected",
                  "errors"
                ],
                "properties": {
                  "accepted": {
                    "type": "integer"
                  },
                  "rejected": {
                    "type": "integer"
                  },
                  "errors": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": [
                        "message"
                      ],
                      "properties": {
                        "message": {
                          "type": "string"
                        }
                      },
                      "additionalProperties": false
                    }
                  }
                },
                "additionalProperties": false
              }
            ]
          },
          "LangfuseEvents": {
            "type": "object",
            "required": [
              "successes",
              "errors"
            ],
            "properties": {
              "successes": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/LangfuseEvent"
                }
              },
              "errors": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/LangfuseEvent"
                }
              }
            },
            "additionalProperties": false
          },
          "LangfuseEvent": {
            "type": "object",
            "required": [
              "id",
              "status"
            ],
            "properties": {
              "id": {
                "type": "string"
              },
              "status": {
                "type": "integer"
              },
              "message": {
                "type": "string"
              }
            },
            "additionalProperties": false
          },
          "LangfuseProjects": {
            "type": "object",
            "required": [
              "data"
            ],
            "properties": {
              "data": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "id",
                    "name",
                    "organization",
                    "metadata"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "name": {
                      "type": "string"
                    },
                    "organization": {
                      "type": "object",
                      "required": [
                        "id",
                        "name"
                      ],
                      "properties": {
                        "id": {
                          "type": "string"
                        },
                        "name": {
                          "type": "string"
                        }
                      },
                      "additionalProperties": false
                    },
                    "metadata": {
                      "type": "object"
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          },
          "OpenAIError": {
            "type": "object",
            "required": [
              "error"
            ],
            "properties": {
              "error": {
                "type": "object",
                "required": [
                  "message",
                  "type",
                  "param",
                  "code"
                ],
                "properties": {
                  "message": {
                    "type": "string",
                    "description": "What is wrong and what to do."
                  },
                  "type": {
                    "type": "string"
                  },
                  "param": {
                    "type": [
                      "string",
                      "null"
                    ]
                  },
                  "code": {
                    "type": [
                      "string",
                      "null"
                    ]
                  }
                },
                "additionalProperties": true
              }
            },
            "additionalProperties": true
          },
          "AnthropicError": {
            "type": "object",
            "required": [
              "type",
              "error"
            ],
            "properties": {
              "type": {
                "const": "error"
              },
              "error": {
                "type": "object",
                "required": [
                  "type",
                  "message"
                ],
                "properties": {
                  "type": {
                    "type": "string"
                  },
                  "message": {
                    "type": "string",
                    "description": "What is wrong and what to do."
                  },
                  "code": {
                    "type": "string"
                  }
                },
                "additionalProperties": true
              }
            },
            "additionalProperties": true
          },
          "Breakers": {
            "type": "object",
            "required": [
              "mode",
              "breakers",
              "holds"
            ],
            "properties": {
              "mode": {
                "type": "string",
                "enum": [
                  "off",
                  "observe",
                  "enforce"
                ],
                "description": "What becomes of calls that would be refused: `breakers.mode` of tally.yaml, or off without that section."
              },
              "breakers": {
                "type": "array",
                "description": "Those of which a call has said something, by name.",
                "items": {
                  "type": "object",
                  "required": [
                    "name",
                    "upstream",
                    "model",
                    "state",
                    "calls",
                    "failed",
                    "streak",
                    "judged",
                    "judged_bad",
                    "refused",
                    "observed",
                    "is_held"
                  ],
                  "properties": {
                    "name": {
                      "type": "string",
                      "description": "UPSTREAM/MODEL"
                    },
                    "upstream": {
                      "type": "string"
                    },
                    "model": {
                      "type": "string",
                      "description": "As the upstream calls it."
                    },
                    "state": {
                      "type": "string",
                      "enum": [
                        "closed",
                        "open",
                        "half_open"
                      ]
                    },
                    "since": {
                      "type": "string",
                      "format": "date-time",
                      "description": "When it took its state."
                    },
                    "until": {
                      "type": "string",
                      "format": "date-time",
                      "description": "When it is tried again, or when what a person said ends."
                    },
                    "cause": {
                      "type": "string",
                      "enum": [
                        "consecutive",
                        "rate",
                        "quota",
                        "judged",
                        "probe",
                        "held"
                      ],
                      "description": "Why it is not closed."
                    },
                    "fault": {
                      "type": "string",
                      "enum": [
                        "transport",
                        "overloaded",
                        "quota",
                        "empty",
                        "slow",
                        "malformed",
                        "schema",
                        "judged"
                      ],
                      "description": "What was seen last."
                    },
                    "why": {
                      "type": "string",
                      "description": "The cause in a clause, for people."
                    },
                    "calls": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Calls in the window, since it was last closed."
                    },
                    "failed": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Those that failed."
                    },
                    "streak": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Those of the newest that failed in a row."
                    },
                    "judged": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Calls within `judged_window` that judges have judged, of those that began since it was last closed."
                    },
                    "judged_bad": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Those that were called bad."
                    },
                    "refused": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Calls that were kept back."
                    },
                    "observed": {
                      "type": "integer",
                      "minimum": 0,
                      "description": "Calls that would have been, where breakers only observe."
                    },
                    "is_held": {
                      "type": "boolean",
                      "description": "Whether a person says how it stands."
                    }
                  },
                  "additionalProperties": false
                }
              },
              "holds": {
                "type": "array",
                "description": "What people say, while it holds.",
                "items": {
                  "type": "object",
                  "required": [
                    "name",
                    "position",
                    "reason",
                    "actor",
                    "at",
                    "expires_at"
                  ],
                  "properties": {
                    "name": {
                      "type": "string",
                      "description": "UPSTREAM/MODEL, or UPSTREAM for all its models."
                    },
                    "position": {
                      "type": "string",
                      "enum": [
                        "open",
                        "closed"
                      ]
                    },
                    "reason": {
                      "type": "string"
                    },
                    "actor": {
                      "type": "string"
                    },
                    "at": {
                      "type": "string",
                      "format": "date-time"
                    },
                    "expires_at": {
                      "type": "string",
                      "format": "date-time"
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          },
          "DecideRequest": {
            "type": "object",
            "description": "`model` is required, or a `request` that names it. `request` or the two `max_…_tokens`, not both.",
            "additionalProperties": false,
            "properties": {
              "model": {
                "type": "string",
                "description": "As budgets and prices call it."
              },
              "endpoint": {
                "enum": [
                  "chat",
                  "responses",
                  "embeddings",
                  "messages"
                ],
                "description": "Whose API the call speaks; chat where nothing is said."
              },
              "upstream": {
                "type": "string",
                "description": "Who will be asked, as breakers call it; the provider where nothing is said."
              },
              "provider": {
                "type": "string",
                "description": "Whose prices hold, such as openai."
              },
              "request": {
                "type": "object",
                "description": "The call's own body: its most is reckoned from it, as for calls of this server. Nothing of it is kept unless the call is refused: then it is part of the refused call's span, after redaction."
              },
              "max_input_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "In place of a request: tokens that go in at most."
              },
              "max_output_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "In place of a request: tokens that come out at most, of all choices; where it is missing, the budget's output_cap or the model's max_output_tokens."
              },
              "tools": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "In place of a request: names of the tools that it offers. Where a failure budget is spent and neither is said, the call may change something."
              },
              "expires_in": {
                "type": "integer",
                "minimum": 1,
                "description": "Seconds until nobody will say any more how the call ended; 900 where nothing is said, at most gateway.longest_call."
              },
              "feature": {
                "type": "string",
                "description": "As x-tally-feature."
              },
              "agent": {
                "type": "string",
                "description": "As x-tally-agent."
              },
              "tenant": {
                "type": "string",
                "description": "As x-tally-tenant."
              },
              "session": {
                "type": "string",
                "description": "As x-tally-session: budgets of each run count it."
              },
              "user": {
                "type": "string",
                "description": "As x-tally-user."
              },
              "stage": {
                "type": "string",
                "description": "As x-tally-stage."
              },
              "prompt": {
                "type": "string",
                "description": "As x-tally-prompt."
              },
              "approver": {
                "type": "string",
                "description": "As x-tally-approver."
              },
              "attempt": {
                "type": "integer",
                "minimum": 1,
                "description": "As x-tally-attempt."
              },
              "traceparent": {
                "type": "string",
                "description": "W3C Trace Context: the trace that the call belongs to."
              },
              "idempotency_key": {
                "type": "string",
                "description": "Of the call."
              }
            }
          },
          "Decision": {
            "type": "object",
            "required": [
              "decision"
            ],
            "additionalProperties": false,
            "properties": {
              "decision": {
                "enum": [
                  "allow",
                  "refuse"
                ]
              },
              "id": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "What /api/v1/settle is told; null where the ledger did not answer and every budget lets calls go on then: there is nothing to settle."
              },
              "expires_at": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "From then on what was promised counts as spent."
              },
              "trace_id": {
                "type": "string",
                "description": "Of the call's span."
              },
              "span_id": {
                "type": "string",
                "description": "Of the call's span."
              },
              "budgets": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "budget",
                    "subject",
                    "unit",
                    "promised"
                  ],
                  "additionalProperties": false,
                  "properties": {
                    "budget": {
                      "type": "string",
                      "description": "Its name in tally.yaml."
                    },
                    "subject": {
                      "type": "string",
                      "description": "Who is counted."
                    },
                    "unit": {
                      "type": "string",
                      "description": "calls, tokens or the currency."
                    },
                    "promised": {
                      "type": "string",
                      "description": "What is held: the most that the call can use."
                    }
                  }
                },
                "description": "What the call was promised."
              },
              "observed": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Budgets that only observe, and would have refused it."
              },
              "tenants_observed": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Limits of its tenant that only observe, and would have refused it: NO_TENANT, tokens_per_minute, calls_per_minute or concurrency."
              },
              "failure_budgets_observed": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Failure budgets that only observe, and would have refused it."
              },
              "failure_budgets_spent": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Failure budgets that are spent and let it pass: it changes nothing, or a person approved it."
              },
              "breaker": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "closed, half_open (the call is a probe) or open (breakers only observe, or the key breaks glass); null where no breaker looks."
              },
              "break_glass": {
                "type": "object",
                "required": [
                  "key",
                  "passed"
                ],
                "additionalProperties": false,
                "description": "Where a break-glass key asks: what it passed of guards that would have refused the call.",
                "properties": {
                  "key": {
                    "type": "string",
                    "description": "The key's name."
                  },
                  "passed": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": [
                        "code",
                        "guard",
                        "name"
                      ],
                      "additionalProperties": false,
                      "properties": {
                        "code": {
                          "type": "string",
                          "description": "Of the refusal that did not happen, such as budget_exceeded."
                        },
                        "guard": {
                          "type": "string",
                          "description": "budget, breaker, drill, freeze or tenant."
                        },
                        "name": {
                          "type": "string",
                          "description": "Which of its kind."
                        }
                      }
                    }
                  }
                }
              },
              "output_cap": {
                "type": "object",
                "required": [
                  "budget",
                  "tokens",
                  "member"
                ],
                "additionalProperties": false,
                "description": "The call is allowed if its answer may have no more than so many tokens: write them into the request.",
                "properties": {
                  "budget": {
                    "type": "string",
                    "description": "Which budget says so."
                  },
                  "tokens": {
                    "type": "integer"
                  },
                  "member": {
                    "type": "string",
                    "description": "The member of the request that says it, such as max_completion_tokens."
                  }
                }
              },
              "refusal": {
                "type": "object",
                "required": [
                  "code",
                  "message",
                  "status"
                ],
                "additionalProperties": false,
                "description": "What this server would have answered in place of the call.",
                "properties": {
                  "code": {
                    "type": "string",
                    "description": "budget_exceeded, UNBOUNDED_CALL, UNPRICED_MODEL, budget_unavailable, breaker_open, ledger_pressure, NO_TENANT, TENANT_QUOTA, FROZEN, failure_budget_spent, NEEDS_APPROVAL or failure_budget_unavailable."
                  },
                  "message": {
                    "type": "string",
                    "description": "What is wrong and what to do."
                  },
                  "status": {
                    "type": "integer",
                    "description": "401, 402, 403, 429 or 503."
                  },
                  "retry_after": {
                    "type": "integer",
                    "description": "Seconds; missing where waiting does not help."
                  },
                  "budget": {
                    "type": "object",
                    "description": "The budget that refuses, and how it stands."
                  },
                  "quota": {
                    "type": "object",
                    "description": "The tenant's limit that refuses, and how it stands."
                  },
                  "failure_budget": {
                    "type": "object",
                    "description": "The failure budget that refuses, and how it stands."
                  }
                }
              }
            }
          },
          "SettleRequest": {
            "type": "object",
            "required": [
              "id"
            ],
            "additionalProperties": false,
            "properties": {
              "id": {
                "type": "string",
                "description": "As /api/v1/decide answered it."
              },
              "status": {
                "type": "integer",
                "minimum": 100,
                "maximum": 599,
                "description": "What the provider answered; 200 where neither it nor a fault is said."
              },
              "fault": {
                "enum": [
                  "connect_failed",
                  "connect_timeout",
                  "tls_failed",
                  "first_byte_timeout",
                  "idle_timeout",
                  "upstream_reset",
                  "client_disconnected",
                  "client_stalled",
                  "malformed_stream",
                  "truncated_stream",
                  "malformed_reply",
                  "empty_reply",
                  "LEAK",
                  "unchecked_reply"
                ],
                "description": "How it broke off: then all that was promised counts as spent, calls apart."
              },
              "error": {
                "type": "object",
                "description": "The provider's error object: code, type, message. It tells want of quota from overload."
              },
              "usage": {
                "type": "object",
                "description": "The provider's usage object as it is, in the form of the endpoint's API."
              },
              "input_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "In place of a usage object."
              },
              "output_tokens": {
                "type": "integer",
                "minimum": 0,
                "description": "In place of a usage object."
              },
              "model_served": {
                "type": "string",
                "description": "The model that answered."
              },
              "response": {
                "type": "object",
                "description": "The provider's whole reply, with its usage: the span says what was answered, after redaction."
              },
              "request": {
                "type": "object",
                "description": "The call's body: the span says what was asked, after redaction."
              },
              "cost": {
                "type": "string",
                "description": "What the other gateway says that it cost, such as \"0.0031 USD\": counts where tally has no price in the budget's currency."
              },
              "latency_ms": {
                "type": "number",
                "minimum": 0,
                "description": "Of the whole call; since the decision where nothing is said."
              },
              "time_to_first_ms": {
                "type": "number",
                "minimum": 0,
                "description": "To the first word of a stream."
              },
              "retry_after": {
                "type": "integer",
                "minimum": 0,
                "description": "Seconds that the provider asked to be left alone."
              },
              "was_sent": {
                "type": "boolean",
                "description": "False: the provider was never asked, and nothing was used. There is no span then."
              },
              "stream": {
                "type": "boolean",
                "description": "Whether the reply was a stream."
              }
            }
          },
          "Settlement": {
            "type": "object",
            "required": [
              "id",
              "result",
              "is_recorded",
              "budgets"
            ],
            "additionalProperties": false,
            "properties": {
              "id": {
                "type": "string"
              },
              "result": {
                "enum": [
                  "settled",
                  "already_settled",
                  "expired"
                ],
                "description": "already_settled: nothing has changed. expired: all that was promised was spent before, and stays so; the span is written all the same."
              },
              "is_recorded": {
                "type": "boolean",
                "description": "Whether the call becomes a span by this."
              },
              "budgets": {
                "type": "array",
                "description": "What now counts as spent.",
                "items": {
                  "type": "object",
                  "required": [
                    "budget",
                    "subject",
                    "unit",
                    "spent"
                  ],
                  "additionalProperties": false,
                  "properties": {
                    "budget": {
                      "type": "string"
                    },
                    "subject": {
                      "type": "string"
                    },
                    "unit": {
                      "type": "string"
                    },
                    "spent": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "Orders": {
            "type": "object",
            "required": [
              "freezes",
              "drills"
            ],
            "properties": {
              "freezes": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Freeze"
                }
              },
              "drills": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/Drill"
                }
              }
            }
          },
          "Freeze": {
            "type": "object",
            "required": [
              "subject",
              "pin",
              "allowed",
              "mode",
              "reason",
              "actor",
              "at",
              "expires_at",
              "refused",
              "observed"
            ],
            "properties": {
              "subject": {
                "type": "string",
                "description": "feature:NAME or model:NAME."
              },
              "pin": {
                "type": "string",
                "enum": [
                  "config",
                  "prompt",
                  "model"
                ]
              },
              "allowed": {
                "type": [
                  "array",
                  "null"
                ],
                "items": {
                  "type": "string"
                },
                "description": "What calls may have there; null stops every call."
              },
              "mode": {
                "type": "string",
                "enum": [
                  "observe",
                  "enforce"
                ]
              },
              "reason": {
                "type": "string"
              },
              "actor": {
                "type": "string"
              },
              "at": {
                "type": "string",
                "format": "date-time"
              },
              "expires_at": {
                "type": "string",
                "format": "date-time"
              },
              "refused": {
                "type": "integer",
                "minimum": 0,
                "description": "Calls that it refused at this server."
              },
              "observed": {
                "type": "integer",
                "minimum": 0,
                "description": "Calls that it would have refused."
              }
            }
          },
          "Drill": {
            "type": "object",
            "required": [
              "name",
              "fault",
              "keys",
              "share",
              "reason",
              "actor",
              "at",
              "expires_at",
              "met"
            ],
            "properties": {
              "name": {
                "type": "string"
              },
              "fault": {
                "type": "string",
                "enum": [
                  "latency",
                  "errors",
                  "empty"
                ]
              },
              "milliseconds": {
                "type": "integer",
                "minimum": 0
              },
              "status": {
                "type": "integer"
              },
              "keys": {
                "type": "array",
                "items": {
                  "type": "string"
                }
              },
              "model": {
                "type": "string"
              },
              "share": {
                "type": "number",
                "minimum": 0,
                "maximum": 1
              },
              "reason": {
                "type": "string"
              },
              "actor": {
                "type": "string"
              },
              "at": {
                "type": "string",
                "format": "date-time"
              },
              "expires_at": {
                "type": "string",
                "format": "date-time"
              },
              "met": {
                "type": "integer",
                "minimum": 0,
                "description": "Calls that met it at this server."
              }
            }
          },
          "Tenants": {
            "type": "object",
            "required": [
              "mode",
              "tenants",
              "queues"
            ],
            "additionalProperties": false,
            "properties": {
              "mode": {
                "type": "string",
                "enum": [
                  "off",
                  "observe",
                  "enforce"
                ],
                "description": "What becomes of calls beyond the limits: `gateway.tenants` of tally.yaml, or off where no tenants are declared."
              },
              "tenants": {
                "type": "array",
                "description": "In the order of tally.yaml.",
                "items": {
                  "type": "object",
                  "required": [
                    "tenant",
                    "weight",
                    "limits",
                    "under_way",
                    "calls",
                    "refused",
                    "observed"
                  ],
                  "additionalProperties": false,
                  "properties": {
                    "tenant": {
                      "type": "string"
                    },
                    "weight": {
                      "type": "number",
                      "description": "Its part of what is scarce."
                    },
                    "limits": {
                      "type": "array",
                      "description": "Those that it has.",
                      "items": {
                        "type": "object",
                        "required": [
                          "limit",
                          "amount",
                          "left"
                        ],
                        "additionalProperties": false,
                        "properties": {
                          "limit": {
                            "type": "string",
                            "enum": [
                              "tokens_per_minute",
                              "calls_per_minute",
                              "concurrency"
                            ]
                          },
                          "amount": {
                            "type": "integer",
                            "description": "What tally.yaml says."
                          },
                          "left": {
                            "type": "integer",
                            "description": "What is left now; below zero what is owed."
                          }
                        }
                      }
                    },
                    "under_way": {
                      "type": "integer",
                      "description": "Calls that are under way."
                    },
                    "calls": {
                      "type": "integer",
                      "description": "Calls that were let in, since the server began."
                    },
                    "refused": {
                      "type": "integer",
                      "description": "Calls beyond a limit that were refused."
                    },
                    "observed": {
                      "type": "integer",
                      "description": "Calls beyond a limit that passed, because limits only observe."
                    },
                    "leaks": {
                      "type": "integer",
                      "description": "Replies to it that held a canary of another tenant; not shown to a tenant's key."
                    }
                  }
                }
              },
              "queues": {
                "type": "array",
                "description": "Upstreams with a concurrency.",
                "items": {
                  "type": "object",
                  "required": [
                    "upstream",
                    "concurrency",
                    "under_way",
                    "waiting",
                    "waited",
                    "refused"
                  ],
                  "additionalProperties": false,
                  "properties": {
                    "upstream": {
                      "type": "string"
                    },
                    "concurrency": {
                      "type": "integer",
                      "description": "Calls that may be under way there."
                    },
                    "under_way": {
                      "type": "integer",
                      "description": "Calls that are."
                    },
                    "waiting": {
                      "type": "integer",
                      "description": "Calls that wait for a place."
                    },
                    "waited": {
                      "type": "integer",
                      "description": "Calls that had to wait, since the server began."
                    },
                    "refused": {
                      "type": "integer",
                      "description": "Calls that got no place."
                    }
                  }
                }
              }
            }
          },
          "Schedules": {
            "type": "object",
            "required": [
              "at",
              "schedules",
              "targets"
            ],
            "properties": {
              "at": {
                "type": "string",
                "description": "When this was so.",
                "format": "date-time"
              },
              "schedules": {
                "type": "array",
                "description": "In the order of tally.yaml.",
                "items": {
                  "type": "object",
                  "required": [
                    "schedule",
                    "notify",
                    "next_at",
                    "is_running",
                    "open"
                  ],
                  "properties": {
                    "schedule": {
                      "type": "string",
                      "description": "Its name in tally.yaml."
                    },
                    "checks": {
                      "type": "array",
                      "description": "Left out where all run that apply.",
                      "items": {
                        "type": "string"
                      }
                    },
                    "gate": {
                      "type": "string",
                      "description": "The gate whose checks they are."
                    },
                    "notify": {
                      "type": "array",
                      "description": "Who is told.",
                      "items": {
                        "type": "string"
                      }
                    },
                    "next_at": {
                      "type": "string",
                      "description": "When it runs next.",
                      "format": "date-time"
                    },
                    "is_running": {
                      "type": "boolean",
                      "description": "Whether a server is at it."
                    },
                    "begun_at": {
                      "type": "string",
                      "description": "When the last run began.",
                      "format": "date-time"
                    },
                    "done_at": {
                      "type": "string",
                      "description": "When it ended.",
                      "format": "date-time"
                    },
                    "well_at": {
                      "type": "string",
                      "description": "When one last ended in which every check could run.",
                      "format": "date-time"
                    },
                    "last_run": {
                      "type": "object",
                      "required": [
                        "checks",
                        "failed",
                        "not_applicable"
                      ],
                      "properties": {
                        "problem": {
                          "type": "string",
                          "description": "Why nothing could run."
                        },
                        "checks": {
                          "type": "array",
                          "description": "How many findings of each verdict the checks had.",
                          "items": {
                            "type": "object",
                            "required": [
                              "check"
                            ],
                            "properties": {
                              "check": {
                                "type": "string"
                              },
                              "fail": {
                                "type": "integer",
                                "minimum": 0
                              },
                              "unknown": {
                                "type": "integer",
                                "minimum": 0
                              },
                              "warn": {
                                "type": "integer",
                                "minimum": 0
                              },
                              "pass": {
                                "type": "integer",
                                "minimum": 0
                              },
                              "waived": {
                                "type": "integer",
                                "minimum": 0
                              }
                            },
                            "additionalProperties": false
                          }
                        },
                        "failed": {
                          "type": "array",
                          "description": "Checks that could not run.",
                          "items": {
                            "type": "object",
                            "required": [
                              "check",
                              "problem"
                            ],
                            "properties": {
                              "check": {
                                "type": "string"
                              },
                              "problem": {
                                "type": "string"
                              }
                            },
                            "additionalProperties": false
                          }
                        },
                        "not_applicable": {
                          "type": "array",
                          "description": "Checks that have no subject here.",
                          "items": {
                            "type": "string"
                          }
                        }
                      },
                      "additionalProperties": false
                    },
                    "open": {
                      "type": "array",
                      "description": "What was told and is not over.",
                      "items": {
                        "type": "object",
                        "required": [
                          "target",
                          "check",
                          "subject",
                          "verdict",
                          "code",
                          "sentence"
                        ],
                        "properties": {
                          "target": {
                            "type": "string",
                            "description": "Who was told."
                          },
                          "check": {
                            "type": "string",
                            "description": "`schedule` where a run as a whole failed."
                          },
                          "subject": {
                            "type": "string",
                            "description": "Empty for the check itself."
                          },
                          "verdict": {
                            "type": "string",
                            "enum": [
                              "fail",
                              "unknown",
                              "warn"
                            ]
                          },
                          "code": {
                            "type": "string",
                            "description": "The code that decided."
                          },
                          "sentence": {
                            "type": "string",
                            "description": "What was told."
                          },
                          "opened_at": {
                            "type": "string",
                            "description": "When it began.",
                            "format": "date-time"
                          },
                          "told_at": {
                            "type": "string",
                            "description": "When it was last told.",
                            "format": "date-time"
                          }
                        },
                        "additionalProperties": false
                      }
                    }
                  },
                  "additionalProperties": false
                }
              },
              "targets": {
                "type": "array",
                "description": "Who is told, and how many notices wait for each.",
                "items": {
                  "type": "object",
                  "required": [
                    "target",
                    "kind",
                    "waiting"
                  ],
                  "properties": {
                    "target": {
                      "type": "string"
                    },
                    "kind": {
                      "type": "string",
                      "enum": [
                        "slack",
                        "pagerduty",
                        "alertmanager",
                        "webhook"
                      ]
                    },
                    "waiting": {
                      "type": "integer",
                      "minimum": 0
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          },
          "FailureBudgets": {
            "type": "object",
            "required": [
              "read_at",
              "is_whole",
              "failure_budgets"
            ],
            "properties": {
              "read_at": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "When this server last read the ledger; null where it has not yet."
              },
              "is_whole": {
                "type": "boolean",
                "description": "Whether all that counts was read; false where more rows lay in the time than a server reads when it begins."
              },
              "failure_budgets": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/FailureBudget"
                }
              }
            }
          },
          "FailureBudget": {
            "type": "object",
            "required": [
              "budget",
              "subject",
              "mode",
              "when_spent",
              "rate",
              "per",
              "confidence",
              "state",
              "since",
              "from",
              "calls",
              "failures",
              "mean",
              "low",
              "moves_on_at",
              "windows",
              "refused",
              "observed",
              "approved"
            ],
            "properties": {
              "budget": {
                "type": "string",
                "description": "Its name in tally.yaml."
              },
              "subject": {
                "type": "string",
                "description": "feature:NAME or agent:NAME."
              },
              "mode": {
                "enum": [
                  "observe",
                  "enforce"
                ]
              },
              "when_spent": {
                "enum": [
                  "read_only",
                  "approval"
                ]
              },
              "rate": {
                "type": "number",
                "description": "What calls may weigh on average."
              },
              "per": {
                "type": "string",
                "description": "How far back calls count."
              },
              "confidence": {
                "type": "number"
              },
              "state": {
                "enum": [
                  "fine",
                  "burning",
                  "spent"
                ]
              },
              "since": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "When it took this state, as this server saw it."
              },
              "from": {
                "type": "string",
                "description": "Since when calls count now."
              },
              "calls": {
                "type": "integer"
              },
              "failures": {
                "type": "object",
                "required": [
                  "error",
                  "refused",
                  "empty",
                  "judged_bad",
                  "unintended"
                ],
                "properties": {
                  "error": {
                    "type": "integer"
                  },
                  "refused": {
                    "type": "integer"
                  },
                  "empty": {
                    "type": "integer"
                  },
                  "judged_bad": {
                    "type": "integer"
                  },
                  "unintended": {
                    "type": "integer"
                  }
                },
                "description": "Calls by what was the worst of each."
              },
              "mean": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "What calls weigh on average; null where there are none."
              },
              "low": {
                "type": "number",
                "description": "What they are shown to weigh at least, at all looks."
              },
              "moves_on_at": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "When it is spent no more if nothing more fails; null while it is not spent."
              },
              "windows": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "long",
                    "short",
                    "burn",
                    "limit",
                    "calls",
                    "mean",
                    "low",
                    "short_calls",
                    "short_mean",
                    "burns"
                  ],
                  "properties": {
                    "long": {
                      "type": "string"
                    },
                    "short": {
                      "type": "string"
                    },
                    "burn": {
                      "type": "number",
                      "description": "How many times as much as is tolerated."
                    },
                    "limit": {
                      "type": "number",
                      "description": "burn times rate."
                    },
                    "calls": {
                      "type": "integer",
                      "description": "Of the long window, as mean and low."
                    },
                    "mean": {
                      "type": [
                        "number",
                        "null"
                      ]
                    },
                    "low": {
                      "type": "number"
                    },
                    "short_calls": {
                      "type": "integer"
                    },
                    "short_mean": {
                      "type": [
                        "number",
                        "null"
                      ]
                    },
                    "burns": {
                      "type": "boolean"
                    }
                  }
                }
              },
              "refused": {
                "type": "integer",
                "description": "Calls that this server refused since it began, as the next two."
              },
              "observed": {
                "type": "integer"
              },
              "approved": {
                "type": "integer"
              }
            }
          }
        }
      }
    }

    """#
}
