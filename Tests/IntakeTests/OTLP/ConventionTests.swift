import Records
import Testing

@testable import Intake

/// Each convention's own words, and the record that they become.
struct ConventionTests {
  private let question = #"[{"parts":[{"content":"When?","type":"text"}],"role":"user"}]"#

  @Test func currentConventions() throws {
    let (span, content) = try mapped([
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.provider.name", .text("openai")),
      ("gen_ai.request.model", .text("gpt-4o")), ("gen_ai.response.model", .text("gpt-4o-2024-08-06")),
      ("gen_ai.request.temperature", .real(0.5)), ("gen_ai.request.max_tokens", .integer(200)),
      ("gen_ai.request.stop_sequences", .list([.text("END")])), ("gen_ai.usage.input_tokens", .integer(1200)),
      ("gen_ai.usage.output_tokens", .integer(52)), ("gen_ai.usage.cache_read.input_tokens", .integer(1000)),
      ("gen_ai.usage.cache_creation.input_tokens", .integer(100)),
      ("gen_ai.usage.reasoning.output_tokens", .integer(20)), ("gen_ai.usage.audio.input_tokens", .integer(7)),
      ("gen_ai.response.finish_reasons", .list([.text("stop")])), ("gen_ai.response.id", .text("r1")),
      ("gen_ai.response.time_to_first_chunk", .real(0.35)), ("gen_ai.conversation.id", .text("c1")),
      ("gen_ai.prompt.name", .text("greeting")), ("gen_ai.agent.name", .text("triage")),
      ("gen_ai.system_instructions", .text(#"[{"type":"text","content":"Be brief."}]"#)),
      (
        "gen_ai.input.messages",
        .list([
          .map([
            ("role", .text("user")), ("parts", .list([.map([("type", .text("text")), ("content", .text("When?"))])])),
          ])
        ])
      ),
      (
        "gen_ai.output.messages",
        .text(#"[{"role":"assistant","parts":[{"type":"text","content":"Now."}],"finish_reason":"stop"}]"#)
      ),
      ("deployment.environment.name", .text("prod")), ("custom", .text("kept")),
    ])
    #expect(span.spanKind == "chat" && span.feature == "support" && span.name == "chat")
    #expect(span.traceID == "0102030405060708090a0b0c0d0e0f10" && span.spanID == "0102030405060708")
    #expect(span.modelRequested == "gpt-4o" && span.modelServed == "gpt-4o-2024-08-06")
    #expect(span.inputTokens == 1200 && span.outputTokens == 52 && span.cachedTokens == 1000)
    #expect(span.parameters == #"{"max_tokens":200,"stop":["END"],"temperature":0.5}"#)
    #expect(span.finishReason == "stop" && span.sessionID == "c1" && span.promptID == "greeting")
    #expect(span.tags.values == ["environment": "prod"])
    #expect(span.status == .ok && span.refusal == nil)
    #expect(
      member("tokens", of: span.attributes)
        == #"{"cache_read":1000,"cache_write":100,"input_audio":7,"reasoning":20,"reported_input":"inclusive"}"#)
    #expect(member("usage/gen_ai.usage.input_tokens", of: span.attributes) == "1200")
    #expect(
      member("provider", of: span.attributes) == #""openai""# && member("agent", of: span.attributes) == #""triage""#)
    #expect(member("ttft_ms", of: span.attributes) == "350" && member("custom", of: span.attributes) == #""kept""#)
    #expect(content.input?.json == question)
    #expect(
      content.output?.json
        == #"[{"finish_reason":"stop","parts":[{"content":"Now.","type":"text"}],"role":"assistant"}]"#)
    #expect(content.instructions?.json == #"[{"content":"Be brief.","type":"text"}]"#)
    #expect(content.input?.sha256.description == SHA256Digest(of: question).description)
    #expect(content.spanID == span.spanID)
    #expect(span.attributes?.contains("When?") == false)
  }

  @Test func conventionsTo136WithEvents() throws {
    let (span, content) = try mapped([
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.system", .text("openai")),
      ("gen_ai.request.model", .text("gpt-4")), ("gen_ai.usage.prompt_tokens", .integer(97)),
      ("gen_ai.usage.completion_tokens", .integer(52)),
    ]) { span in
      span.events = [
        ("gen_ai.system.message", 1, [("content", .text("Be brief."))]),
        ("gen_ai.user.message", 2, [("gen_ai.system", .text("openai")), ("content", .text("Weather?"))]),
        (
          "gen_ai.assistant.message", 3,
          [
            (
              "tool_calls",
              .text(
                #"[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]"#)
            )
          ]
        ),
        ("gen_ai.tool.message", 4, [("id", .text("c1")), ("content", .text("rainy"))]),
        (
          "gen_ai.choice", 5,
          [("index", .integer(0)), ("finish_reason", .text("stop")), ("message", .text(#"{"content":"Rain."}"#))]
        ),
      ]
    }
    #expect(
      span.inputTokens == 97 && span.outputTokens == 52 && member("provider", of: span.attributes) == #""openai""#)
    #expect(
      content.input?.json
        == #"[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},"#
        + #"{"parts":[{"content":"Weather?","type":"text"}],"role":"user"},"#
        + #"{"parts":[{"arguments":{"city":"Paris"},"id":"c1","name":"weather","type":"tool_call"}],"role":"assistant"},"#
        + #"{"parts":[{"id":"c1","response":"rainy","type":"tool_call_response"}],"role":"tool"}]"#)
    #expect(
      content.output?.json
        == #"[{"finish_reason":"stop","parts":[{"content":"Rain.","type":"text"}],"role":"assistant"}]"#)
    #expect(content.other == nil)
  }

  @Test func openInference() throws {
    let (span, content) = try mapped([
      ("openinference.span.kind", .text("LLM")), ("llm.system", .text("openai")),
      ("llm.model_name", .text("gpt-4-0613")),
      ("llm.invocation_parameters", .text(#"{"model":"gpt-4","temperature":0.5}"#)),
      ("llm.token_count.prompt", .integer(97)), ("llm.token_count.completion", .integer(52)),
      ("llm.token_count.total", .integer(149)), ("llm.token_count.prompt_details.cache_read", .integer(64)),
      ("llm.cost.total", .real(0.00123)), ("session.id", .text("s")), ("user.id", .text("u")),
      ("llm.input_messages.0.message.role", .text("user")),
      ("llm.input_messages.0.message.contents.0.message_content.type", .text("text")),
      ("llm.input_messages.0.message.contents.0.message_content.text", .text("When?")),
      ("llm.input_messages.1.message.role", .text("assistant")),
      ("llm.input_messages.1.message.tool_calls.0.tool_call.id", .text("1")),
      ("llm.input_messages.1.message.tool_calls.0.tool_call.function.name", .text("look")),
      ("llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments", .text(#"{"a":1}"#)),
      ("llm.input_messages.2.message.role", .text("tool")), ("llm.input_messages.2.message.content", .text("ok")),
      ("llm.input_messages.2.message.tool_call_id", .text("1")),
      ("llm.output_messages.0.message.role", .text("assistant")),
      ("llm.output_messages.0.message.content", .text("Now.")),
      ("input.value", .text(#"{"messages":[]}"#)), ("tag.tags", .list([.text("beta"), .text("lang:de")])),
      ("llm.prompt_template.template", .text("Hello {name}")), ("metadata", .text(#"{"order":7}"#)),
    ])
    #expect(span.spanKind == "chat" && span.modelRequested == "gpt-4" && span.modelServed == "gpt-4-0613")
    #expect(span.parameters == #"{"temperature":0.5}"#)
    #expect(span.inputTokens == 97 && span.cachedTokens == 64 && span.cost == Money("0.00123 USD"))
    #expect(span.sessionID == "s" && span.userID == "u" && span.tags.values == ["beta": "true", "lang": "de"])
    #expect(span.promptSHA256 == SHA256Digest(of: "Hello {name}").description)
    #expect(member("metadata", of: span.attributes) == #"{"order":7}"#)
    #expect(
      content.input?.json
        == #"[{"parts":[{"content":"When?","type":"text"}],"role":"user"},"#
        + #"{"parts":[{"arguments":{"a":1},"id":"1","name":"look","type":"tool_call"}],"role":"assistant"},"#
        + #"{"parts":[{"id":"1","response":"ok","type":"tool_call_response"}],"role":"tool"}]"#)
    #expect(content.output?.json == #"[{"parts":[{"content":"Now.","type":"text"}],"role":"assistant"}]"#)
    #expect(member("input.value", of: content.other?.json) != nil)
  }

  @Test func openInferenceRetrieval() throws {
    let (span, content) = try mapped([
      ("openinference.span.kind", .text("RETRIEVER")), ("input.value", .text("refund policy")),
      ("retrieval.documents.0.document.id", .text("c7")), ("retrieval.documents.0.document.score", .real(0.91)),
      ("retrieval.documents.0.document.content", .text("text")),
      ("retrieval.documents.0.document.metadata", .text(#"{"doc_id":"d1","doc_sha256":"ab"}"#)),
      ("retrieval.documents.1.document.id", .text("c9")),
    ])
    #expect(span.spanKind == "retrieval")
    #expect(
      span.retrieved
        == #"[{"chunk_id":"c7","chunk_sha256":"\#(SHA256Digest(of: "text"))","doc_id":"d1","doc_sha256":"ab","#
        + #""rank":1,"score":0.91},{"chunk_id":"c9","rank":2}]"#)
    #expect(content.input?.json == #""refund policy""#)
    #expect(member("retrieval.documents.0.document.content", of: content.other?.json) == #""text""#)
    #expect(
      try mapped([("gen_ai.operation.name", .text("retrieval")), ("gen_ai.retrieval.documents", .text("[]"))]).span
        .retrieved == "[]")
    #expect(try mapped([("gen_ai.operation.name", .text("retrieval"))]).span.retrieved == nil)
  }

  @Test func vercel() throws {
    let attributes: Attributes = [
      ("ai.operationId", .text("ai.generateText.doGenerate")), ("ai.model.id", .text("claude-sonnet-4-5")),
      ("ai.model.provider", .text("anthropic.messages")), ("ai.usage.promptTokens", .integer(20)),
      ("ai.usage.completionTokens", .integer(12)), ("ai.settings.temperature", .real(0.1)),
      (
        "ai.response.providerMetadata",
        .text(#"{"anthropic":{"cacheReadInputTokens":10,"cacheCreationInputTokens":5}}"#)
      ),
      ("ai.response.finishReason", .text("tool-calls")), ("ai.telemetry.metadata.userId", .text("u1")),
      (
        "ai.prompt.messages",
        .text(
          #"[{"role":"user","content":[{"type":"text","text":"When?"}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"1","toolName":"t","result":3}]}]"#
        )
      ),
      ("ai.response.text", .text("Now.")), ("ai.response.msToFirstChunk", .real(120)),
    ]
    let (span, content) = try mapped(attributes)
    #expect(span.spanKind == "chat" && span.modelRequested == "claude-sonnet-4-5")
    // Version 4 hands on Anthropic's count, which leaves the cache out.
    #expect(span.inputTokens == 35 && span.cachedTokens == 10 && span.outputTokens == 12)
    #expect(span.finishReason == "tool_call" && member("finish_reasons", of: span.attributes) == #""tool-calls""#)
    #expect(
      span.userID == "u1" && span.parameters == #"{"temperature":0.1}"#
        && member("ttft_ms", of: span.attributes) == "120")
    #expect(
      content.input?.json
        == #"[{"parts":[{"content":"When?","type":"text"}],"role":"user"},{"parts":[{"id":"1","response":3,"type":"tool_call_response"}],"role":"tool"}]"#
    )
    #expect(content.output?.json == #""Now.""#)
    // Version 6 counts it in, and says so by its details.
    let (newer, _) = try mapped(
      attributes.filter { $0.0 != "ai.usage.promptTokens" } + [
        ("ai.usage.inputTokens", .integer(35)), ("ai.usage.inputTokenDetails.cacheReadTokens", .integer(10)),
      ])
    #expect(newer.inputTokens == 35)
  }

  @Test func traceloop() throws {
    let (span, content) = try mapped([
      ("llm.request.type", .text("chat")), ("gen_ai.system", .text("Anthropic")),
      ("gen_ai.prompt.0.role", .text("user")), ("gen_ai.prompt.0.content", .text("When?")),
      ("gen_ai.completion.0.role", .text("assistant")), ("gen_ai.completion.0.finish_reason", .text("tool_use")),
      ("gen_ai.completion.0.tool_calls.0.id", .text("t")), ("gen_ai.completion.0.tool_calls.0.name", .text("look")),
      ("gen_ai.completion.0.tool_calls.0.arguments", .text("{}")), ("llm.usage.total_tokens", .integer(10)),
      ("traceloop.workflow.name", .text("answer")), ("traceloop.association.properties.session_id", .text("s9")),
      ("traceloop.association.properties.lang", .text("fr")), ("traceloop.association.properties.order", .text("7")),
    ])
    #expect(span.spanKind == "chat" && span.sessionID == "s9" && span.tags.values == ["lang": "fr"])
    #expect(content.input?.json == question)
    #expect(
      content.output?.json
        == #"[{"finish_reason":"tool_use","parts":[{"arguments":{},"id":"t","name":"look","type":"tool_call"}],"role":"assistant"}]"#
    )
    #expect(member("workflow", of: span.attributes) == #""answer""#)
    #expect(member("traceloop.association.properties.order", of: span.attributes) == #""7""#)
    let (workflow, inner) = try mapped([
      ("traceloop.span.kind", .text("workflow")), ("traceloop.entity.input", .text("[1]")),
    ])
    #expect(workflow.spanKind == "workflow" && inner.input?.json == "[1]")
  }

  @Test func langfuse() throws {
    let (span, content) = try mapped([
      ("langfuse.observation.type", .text("generation")), ("langfuse.observation.model.name", .text("gpt-4o")),
      ("langfuse.observation.input", .text(#"[{"role":"user","content":"When?"}]"#)),
      ("langfuse.observation.output", .text("Now.")), ("langfuse.observation.prompt.name", .text("p")),
      ("langfuse.observation.prompt.version", .integer(3)),
      (
        "langfuse.observation.usage_details",
        .text(#"{"input":176,"input_cached_tokens":1024,"output":40,"total":1240}"#)
      ),
      ("langfuse.observation.cost_details", .text(#"{"input":0.001,"total":0.00123}"#)),
      ("langfuse.observation.model.parameters", .text(#"{"temperature":0.2}"#)), ("user.id", .text("u")),
      ("langfuse.trace.tags", .list([.text("beta")])), ("langfuse.environment", .text("prod")),
      ("langfuse.trace.metadata.lang", .text("en")),
    ])
    #expect(span.spanKind == "chat" && span.modelRequested == "gpt-4o" && span.promptID == "p@3")
    #expect(span.inputTokens == 1200 && span.cachedTokens == 1024 && span.outputTokens == 40)
    #expect(span.cost == Money("0.00123 USD") && span.parameters == #"{"temperature":0.2}"#)
    #expect(span.tags.values == ["beta": "true", "environment": "prod", "lang": "en"])
    #expect(content.input?.json == question && content.output?.json == #""Now.""#)
    #expect(member("usage/langfuse.observation.usage_details/input", of: span.attributes) == "176")
  }

  @Test func logfire() throws {
    let (span, content) = try mapped([
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.system", .text("anthropic")),
      ("gen_ai.usage.input_tokens", .integer(30)), ("gen_ai.usage.details.cache_read_tokens", .integer(10)),
      ("gen_ai.usage.details.other_tokens", .integer(1)), ("operation.cost", .real(0.01)),
      ("logfire.tags", .list([.text("x")])), ("logfire.msg", .text("chat")),
      ("pydantic_ai.all_messages", .text(#"[{"role":"user","parts":[{"type":"text","content":"When?"}]}]"#)),
    ])
    #expect(span.inputTokens == 30 && span.cachedTokens == 10 && span.cost == Money("0.01 USD"))
    #expect(member("usage", of: span.attributes)?.contains("other_tokens") == true)
    #expect(content.input?.json == question && member("logfire.msg", of: span.attributes) == #""chat""#)
  }

  @Test func exclusiveCountsShowThemselves() throws {
    func tokens(_ input: Int64, _ output: Int64, _ total: Int64?, read: Int64) throws -> Int64? {
      var attributes: Attributes = [
        ("gen_ai.usage.input_tokens", .integer(input)), ("gen_ai.usage.output_tokens", .integer(output)),
        ("gen_ai.usage.cache_read.input_tokens", .integer(read)),
      ]
      if let total { attributes.append(("gen_ai.usage.total_tokens", .integer(total))) }
      return try mapped(attributes).span.inputTokens
    }
    #expect(try tokens(20, 5, nil, read: 1000) == 1020)  // a cache larger than the input cannot be in it
    #expect(try tokens(100, 5, 155, read: 50) == 150)  // the total only adds up with the cache
    #expect(try tokens(100, 5, 105, read: 50) == 100)
    #expect(try tokens(100, 5, nil, read: 50) == 100)  // by convention
  }

  @Test func toolsErrorsAndTimes() throws {
    let (span, content) = try mapped([
      ("gen_ai.operation.name", .text("execute_tool")), ("gen_ai.tool.name", .text("pay")),
      ("gen_ai.tool.call.arguments", .text(#"{"b":1, "a":2}"#)), ("gen_ai.tool.call.result", .text("done")),
      ("tool.json_schema", .text(#"{"type":"object"}"#)),
    ]) { span in
      span.status = (2, "too slow")
      span.end = span.start - 5
      span.parentID = Array(2...9)
      span.events = [
        ("exception", 9, [("exception.type", .text("TimeoutError")), ("exception.message", .text("slow"))])
      ]
    }
    #expect(span.spanKind == "tool" && span.tool == "pay" && span.parentID == "0203040506070809")
    #expect(span.status == .timeout && span.errorType == "TimeoutError")
    #expect(member("args_sha256", of: span.attributes) == "\"\(SHA256Digest(of: #"{"a":2,"b":1}"#))\"")
    #expect(span.toolSchemaSHA256 == SHA256Digest(of: #"{"type":"object"}"#).description)
    #expect(content.input?.json == #"{"a":2,"b":1}"# && content.output?.json == #""done""#)
    #expect(span.endedAt == span.startedAt && member("ended_before_start_ns", of: span.attributes) == "5")
    #expect(member("status_message", of: span.attributes) == #""too slow""#)
    #expect(content.other?.json.contains("exception.message") == true)
  }

  @Test func refusals() throws {
    #expect(
      try mapped([("gen_ai.response.finish_reasons", .list([.text("content_filter"), .text("stop")]))]).span.refusal
        == true)
    let parts = #"[{"role":"assistant","content":null,"refusal":"no","parts":[{"type":"refusal","content":"no"}]}]"#
    #expect(try mapped([("gen_ai.output.messages", .text(parts))]).span.refusal == true)
  }

  @Test func namesOfTheUsersChoice() throws {
    var mapping = SpanMapping()
    mapping.featureAttributes = ["app.feature"]
    mapping.tenantAttributes = ["app.customer"]
    mapping.tagAttributes = ["plan"]
    let (span, _) = try mapped(
      [("app.feature", .text("search")), ("plan", .text("pro")), ("tally.tag.lang", .text("de"))],
      resource: [("service.name", .text("web")), ("app.customer", .integer(7)), ("service.version", .text("1.2"))],
      mapping: mapping)
    #expect(span.feature == "search" && span.tenant == "7")
    #expect(span.tags.values == ["plan": "pro", "lang": "de", "release": "1.2"])
    #expect(try mapped([], resource: []).span.feature == "unknown_service")
  }

  /// What is of another kind than its place wants is kept as it came, and nothing that was said stays among the attributes.
  @Test func nothingIsLost() throws {
    let (span, content) = try mapped([
      ("gen_ai.operation.name", .text("create_agent")), ("gen_ai.request.model", .list([.text("a")])),
      ("session.id", .map([("x", .integer(1))])), ("tally.prompt_sha256", .text("short")),
      ("tally.attempt", .integer(-1)),
      ("llm.cost.total", .text("much")), ("llm.invocation_parameters", .text("not JSON")),
      ("gen_ai.response.time_to_first_chunk", .text("soon")), ("usage", .text("mine")),
      ("gen_ai.prompt", .text("a")), ("input.value", .text("b")), ("gen_ai.prompt.x", .text("c")),
    ])
    #expect(span.spanKind == "agent" && span.modelRequested == nil && span.sessionID == nil && span.cost == nil)
    for (key, value) in [
      ("gen_ai.operation.name", #""create_agent""#), ("gen_ai.request.model", #"["a"]"#), ("session.id", #"{"x":1}"#),
      ("tally.prompt_sha256", #""short""#), ("tally.attempt", "-1"), ("llm.cost.total", #""much""#),
      ("llm.invocation_parameters", #""not JSON""#), ("gen_ai.response.time_to_first_chunk", #""soon""#),
    ] {
      #expect(member(key, of: span.attributes) == value)
    }
    #expect(content.input?.json == #""a""#)
    #expect(content.other?.json == #"{"gen_ai.prompt.x":"c","input.value":"b","usage":"mine"}"#)
  }
}
