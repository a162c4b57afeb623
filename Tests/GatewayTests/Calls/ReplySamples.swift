/// Streams as providers send them, and what each would have been without streaming.
enum ReplySamples {
  static let chat = [
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","service_tier":"default","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"It is "},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":1,"delta":{"content":"No"},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"on its way 😀"},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"lookup","arguments":""}}]},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"order\":"}},{"index":1,"id":"call_2","type":"function","function":{"name":"wait","arguments":"{}"}}]},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"4711}"}}]},"finish_reason":null}]}"#,
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"},{"index":1,"delta":{},"finish_reason":"stop"}]}"#,
  ]
  static let chatUsage =
    #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":30,"total_tokens":1230,"prompt_tokens_details":{"cached_tokens":1024},"completion_tokens_details":{"reasoning_tokens":12}}}"#
  static let chatReply =
    #"{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"content":"It is on its way 😀","role":"assistant","tool_calls":[{"function":{"arguments":"{\"order\":4711}","name":"lookup"},"id":"call_1","type":"function"},{"function":{"arguments":"{}","name":"wait"},"id":"call_2","type":"function"}]}},{"finish_reason":"stop","index":1,"message":{"content":"No","role":"assistant"}}],"created":1,"id":"c1","model":"gpt-4o-2024-08-06","object":"chat.completion","service_tier":"default","usage":{"completion_tokens":30,"completion_tokens_details":{"reasoning_tokens":12},"prompt_tokens":1200,"prompt_tokens_details":{"cached_tokens":1024},"total_tokens":1230}}"#

  static let messages = [
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"cache_creation_input_tokens":50,"cache_read_input_tokens":1000,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30},"output_tokens":1,"service_tier":"standard"}}}"#,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
    #"{"type":"ping"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"m."}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}"#,
    #"{"type":"content_block_stop","index":0}"#,
    #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
    #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"On its"}}"#,
    #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" way."}}"#,
    #"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"n":1}}}"#,
    #"{"type":"content_block_stop","index":1}"#,
    #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"lookup","input":{}}}"#,
    #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"order\""}}"#,
    #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":4711}"}}"#,
    #"{"type":"content_block_stop","index":2}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15}}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":42}}"#,
    #"{"type":"message_stop"}"#,
  ]
  static let messagesReply =
    #"{"content":[{"signature":"sig","thinking":"Hmm.","type":"thinking"},{"citations":[{"n":1}],"text":"On its way.","type":"text"},{"id":"toolu_1","input":{"order":4711},"name":"lookup","type":"tool_use"}],"id":"msg_1","model":"claude-sonnet-4-5-20250929","role":"assistant","stop_reason":"tool_use","stop_sequence":null,"type":"message","usage":{"cache_creation":{"ephemeral_1h_input_tokens":30,"ephemeral_5m_input_tokens":20},"cache_creation_input_tokens":50,"cache_read_input_tokens":1000,"input_tokens":100,"output_tokens":42,"service_tier":"standard"}}"#

  static let responses = [
    #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5-2025-08-07","output":[],"usage":null}}"#,
    #"{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}"#,
    #"{"type":"response.output_item.added","sequence_number":2,"output_index":1,"item":{"id":"m_1","type":"message","role":"assistant","content":[]}}"#,
    #"{"type":"response.output_text.delta","sequence_number":3,"output_index":1,"content_index":0,"delta":"On its"}"#,
    #"{"type":"response.output_text.delta","sequence_number":4,"output_index":1,"content_index":0,"delta":" way."}"#,
    #"{"type":"response.output_item.added","sequence_number":5,"output_index":2,"item":{"id":"f_1","type":"function_call","call_id":"call_1","name":"lookup","arguments":""}}"#,
    #"{"type":"response.function_call_arguments.delta","sequence_number":6,"output_index":2,"delta":"{\"order\":4711}"}"#,
  ]
  static let responsesWhole =
    #"{"id":"resp_1","incomplete_details":null,"model":"gpt-5-2025-08-07","object":"response","output":[{"id":"rs_1","summary":[{"text":"Hm.","type":"summary_text"}],"type":"reasoning"},{"content":[{"annotations":[],"text":"On its way.","type":"output_text"}],"id":"m_1","role":"assistant","type":"message"},{"arguments":"{\"order\":4711}","call_id":"call_1","id":"f_1","name":"lookup","type":"function_call"}],"service_tier":"default","status":"completed","usage":{"input_tokens":300,"input_tokens_details":{"cached_tokens":100},"output_tokens":40,"output_tokens_details":{"reasoning_tokens":8},"total_tokens":340}}"#
  static let responsesEnd = #"{"type":"response.completed","sequence_number":7,"response":\#(responsesWhole)}"#

  /// Events as a stream sends them.
  static func stream(_ events: [String], named: Bool = false, done: Bool = false) -> String {
    events.map { event in
      // The type comes first or after others, and is always there where events are named.
      let type = event.split(separator: "\"type\":\"").dropFirst().first?.prefix { $0 != "\"" } ?? ""
      return (named ? "event: \(type)\n" : "") + "data: \(event)\n\n"
    }.joined() + (done ? "data: [DONE]\n\n" : "")
  }
}
