import Records
import Testing

@testable import Intake

/// Calls as they were seen on the wire, and the records that they become: the same as spans of SDKs become.
struct ModelCallTests {
  private func read(
    _ operation: ModelCall.Operation, _ request: String, _ reply: String?, status: Int? = 200, fault: String? = nil
  ) -> (span: SpanRecord, content: SpanContent) {
    var record = SpanRecord(
      spanID: "0102030405060708", traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: 5),
      feature: "desk")
    var call = ModelCall(
      operation, request: Array(request.utf8), provider: operation == .messages ? "anthropic" : "openai",
      upstream: "cloud", isStream: true)
    call.reply = reply.map { Array($0.utf8) }
    call.status = status
    call.fault = fault
    call.agent = "triage"
    call.timeToFirst = .microseconds(350_250)
    let content = ModelCallReader(call).read(into: &record)
    return (record, content)
  }

  @Test func chat() throws {
    let (span, content) = read(
      .chat,
      #"""
      {"model":"gpt-4o","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Where?"}],
       "temperature":0.5,"max_tokens":200,"stream":true,"stream_options":{"include_usage":true},"user":"ana",
       "tools":[{"type":"function","function":{"name":"lookup"}}],"service_tier":"flex","stop":null}
      """#,
      #"""
      {"id":"c1","model":"gpt-4o-2024-08-06","service_tier":"flex","choices":[{"index":0,"finish_reason":"tool_calls",
       "message":{"role":"assistant","content":"On its way.","refusal":null,"annotations":[],
       "tool_calls":[{"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{\"order\":4711}"}}]}}],
       "usage":{"prompt_tokens":1200,"completion_tokens":30,"total_tokens":1230,"prompt_tokens_details":{"cached_tokens":1024},
       "completion_tokens_details":{"reasoning_tokens":12}}}
      """#)
    #expect(span.spanKind == "chat" && span.status == .ok && span.errorType == nil)
    #expect(span.modelRequested == "gpt-4o" && span.modelServed == "gpt-4o-2024-08-06" && span.userID == "ana")
    #expect(span.inputTokens == 1200 && span.outputTokens == 30 && span.cachedTokens == 1024)
    #expect(span.finishReason == "tool_call" && span.refusal == nil)
    #expect(span.parameters == #"{"max_tokens":200,"service_tier":"flex","temperature":0.5}"#)
    #expect(member("finish_reasons", of: span.attributes) == #"["tool_calls"]"#)
    #expect(
      member("tokens", of: span.attributes) == #"{"cache_read":1024,"reasoning":12,"reported_input":"inclusive"}"#)
    #expect(member("billing", of: span.attributes) == #"{"service_tier":"flex"}"#)
    #expect(member("usage/prompt_tokens_details", of: span.attributes) == #"{"cached_tokens":1024}"#)
    #expect(
      member("provider", of: span.attributes) == #""openai""# && member("upstream", of: span.attributes) == #""cloud""#)
    #expect(member("ttft_ms", of: span.attributes) == "350.25" && member("stream", of: span.attributes) == "true")
    #expect(
      member("response_id", of: span.attributes) == #""c1""# && member("agent", of: span.attributes) == #""triage""#)
    #expect(member("http_status", of: span.attributes) == "200")
    #expect(
      content.input?.json
        == #"[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},{"parts":[{"content":"Where?","type":"text"}],"role":"user"}]"#
    )
    #expect(
      content.output?.json
        == #"[{"finish_reason":"tool_call","parts":[{"content":"On its way.","type":"text"},{"arguments":{"order":4711},"id":"call_1","name":"lookup","type":"tool_call"}],"role":"assistant"}]"#
    )
    #expect(content.tools?.json == #"[{"function":{"name":"lookup"},"type":"function"}]"#)
    #expect(content.instructions == nil && span.contents == content.hashes)
    // What instructs the model, and the whole configuration, by their hashes: as documented.
    let prompt = SHA256Digest(of: #"[{"content":"Be brief.","role":"system"}]"#).description
    #expect(span.promptSHA256 == prompt)
    let configuration =
      #"{"model":"gpt-4o","parameters":\#(span.parameters ?? ""),"prompt_sha256":"\#(prompt)","tools":\#(content.tools?.json ?? "")}"#
    #expect(span.configSHA256 == SHA256Digest(of: configuration).description)
    #expect(span.attributes?.contains("Where") == false && span.attributes?.contains("On its way") == false)
  }

  @Test func messages() {
    let (span, content) = read(
      .messages,
      #"""
      {"model":"claude-sonnet-4-5","max_tokens":1024,"system":[{"type":"text","text":"Be brief."}],
       "messages":[{"role":"user","content":"Where?"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"lookup","input":{}}]},
       {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"On its way"}]}],
       "metadata":{"user_id":"ana"}}
      """#,
      #"""
      {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","stop_reason":"end_turn",
       "content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"text","text":"On its way."}],
       "usage":{"input_tokens":100,"cache_creation_input_tokens":50,"cache_read_input_tokens":1000,
       "cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30},"output_tokens":42}}
      """#)
    // Anthropic's input leaves the cache out; the record's holds it.
    #expect(span.inputTokens == 1150 && span.outputTokens == 42 && span.cachedTokens == 1000)
    #expect(
      member("tokens", of: span.attributes)
        == #"{"cache_read":1000,"cache_write":50,"cache_write_1h":30,"cache_write_5m":20,"reported_input":"exclusive"}"#
    )
    #expect(member("usage/input_tokens", of: span.attributes) == "100")
    #expect(span.finishReason == "stop" && span.userID == "ana" && span.parameters == #"{"max_tokens":1024}"#)
    #expect(content.instructions?.json == #"[{"text":"Be brief.","type":"text"}]"#)
    #expect(span.promptSHA256 == content.instructions?.sha256.description)
    #expect(
      content.output?.json
        == #"[{"finish_reason":"stop","parts":[{"content":"Hm.","type":"reasoning"},{"content":"On its way.","type":"text"}],"role":"assistant"}]"#
    )
    #expect(content.input?.json.contains(#"{"id":"t1","response":"On its way","type":"tool_call_response"}"#) == true)
    // Also without a word of a cache, the counts are Anthropic's.
    let plain = read(
      .messages, #"{"model":"m"}"#,
      #"{"usage":{"input_tokens":7,"output_tokens":2,"server_tool_use":{"web_search_requests":3}}}"#)
    #expect(plain.span.inputTokens == 7)
    #expect(member("tokens/web_searches", of: plain.span.attributes) == "3")
  }

  @Test func responses() {
    let (span, content) = read(
      .responses, #"{"model":"gpt-5","instructions":"Be brief.","input":"Where?","reasoning":{"effort":"low"}}"#,
      #"""
      {"id":"r1","model":"gpt-5-2025-08-07","status":"completed","incomplete_details":null,"error":null,"output":[
       {"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},
       {"type":"message","role":"assistant","content":[{"type":"output_text","text":"On its way.","annotations":[]}]},
       {"type":"function_call","call_id":"call_1","name":"lookup","arguments":"{\"order\":4711}"}],
       "usage":{"input_tokens":300,"input_tokens_details":{"cached_tokens":100},"output_tokens":40,
       "output_tokens_details":{"reasoning_tokens":8},"total_tokens":340}}
      """#)
    #expect(span.inputTokens == 300 && span.cachedTokens == 100 && span.outputTokens == 40)
    #expect(span.finishReason == "tool_call" && span.parameters == #"{"reasoning":{"effort":"low"}}"#)
    #expect(span.promptSHA256 == SHA256Digest(of: #""Be brief.""#).description)
    #expect(content.input?.json == #""Where?""# && content.instructions?.json == #""Be brief.""#)
    #expect(
      content.output?.json
        == #"[{"finish_reason":"tool_call","parts":[{"content":"Hm.","type":"reasoning"},{"content":"On its way.","type":"text"},{"arguments":{"order":4711},"id":"call_1","name":"lookup","type":"tool_call"}],"role":"assistant"}]"#
    )
    let cut = read(
      .responses, #"{"model":"m"}"#,
      #"{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"refusal","refusal":"No."}]}]}"#
    )
    #expect(cut.span.finishReason == "length" && cut.span.refusal == true)
  }

  @Test func embeddings() {
    let (span, content) = read(
      .embeddings, #"{"model":"text-embedding-3-small","input":["a","b"],"dimensions":8}"#,
      #"{"object":"list","model":"text-embedding-3-small","data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":8,"total_tokens":8}}"#
    )
    #expect(span.spanKind == "embeddings" && span.inputTokens == 8 && span.outputTokens == nil)
    #expect(content.input?.json == #"["a","b"]"# && content.output == nil)
    #expect(span.parameters == #"{"dimensions":8}"#)
  }

  @Test(
    arguments: [
      (
        #"{"error":{"message":"No.","type":"insufficient_quota","code":"insufficient_quota"}}"#, 429, nil,
        "insufficient_quota"
      ),
      (#"{"error":{"message":"No.","type":"invalid_request_error","code":null}}"#, 400, nil, "invalid_request_error"),
      (#"{"type":"error","error":{"type":"overloaded_error","message":"No."}}"#, 529, nil, "overloaded_error"),
      ("<html>", 502, nil, "http_502"), (nil, nil, "connect_failed", "connect_failed"),
      (nil, 200, "upstream_reset", "upstream_reset"), (nil, 200, "empty_reply", "empty_reply"),
      (#"{"choices":[],"error":{"code":"overloaded"}}"#, 200, "truncated_stream", "overloaded"),
    ] as [(String?, Int?, String?, String)])
  func whatWentWrong(_ reply: String?, _ status: Int?, _ fault: String?, _ expected: String) {
    let (span, _) = read(.chat, #"{"model":"m"}"#, reply, status: status, fault: fault)
    #expect(span.errorType == expected && span.status == .error)
    #expect(span.modelRequested == "m")
    if reply?.contains("No.") == true { #expect(member("status_message", of: span.attributes) == #""No.""#) }
  }

  @Test func silenceIsATimeout() {
    for fault in ["first_byte_timeout", "idle_timeout", "connect_timeout"] {
      #expect(read(.chat, #"{"model":"m"}"#, nil, status: nil, fault: fault).span.status == .timeout)
    }
    #expect(read(.chat, #"{"model":"m"}"#, "{}", status: 504).span.status == .timeout)
    #expect(read(.chat, #"{"model":"m"}"#, "{}", status: 399).span.status == .ok)
    #expect(read(.chat, #"{"model":"m"}"#, "{}", status: 400).span.status == .error)
  }

  @Test func whatIsNoJSONSaysNothing() {
    let (span, content) = read(.chat, "{", "[", status: 200)
    #expect(content.isEmpty && span.modelRequested == nil && span.inputTokens == nil)
  }
}
