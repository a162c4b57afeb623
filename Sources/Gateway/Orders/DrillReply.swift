public import Guards
internal import Records

/// A reply that says nothing, as the provider would say it.
public enum DrillReply {
  /// - Returns: what the caller gets, and the same as a whole answer, for the span.
  public static func empty(_ request: CallRequest, id: String) -> (answer: Answer, whole: [UInt8]) {
    let whole = Array(((try? JSONValue.object(object(request, id)).line()) ?? "{}").utf8)
    guard request.isStream else {
      return (Answer(status: 200, contentType: "application/json", body: whole), whole)
    }
    let events = events(request, id).map { name, object in
      (name.map { "event: \($0)\n" } ?? "") + "data: \((try? JSONValue.object(object).line()) ?? "{}")\n\n"
    }
    let text = events.joined() + (request.endpoint == .chat ? "data: [DONE]\n\n" : "")
    return (Answer(status: 200, contentType: "text/event-stream", body: Array(text.utf8)), whole)
  }

  /// What is refused in a drill, as any other refusal.
  public static func refusal(_ drill: CallDrill, status: Int) -> CallRefusal {
    CallRefusal(
      status: status, code: "drill",
      message: "This is the drill '\(drill.name)', which lasts until \(drill.order.expiresAt): nobody was asked.")
  }

  private static func usage(_ input: String, _ output: String) -> JSONValue {
    var usage = JSONObject()
    usage[input] = .integer(0)
    usage[output] = .integer(0)
    return .object(usage)
  }

  private static func object(_ request: CallRequest, _ id: String) -> JSONObject {
    var object = JSONObject()
    object["id"] = .string("drill-\(id)")
    object["model"] = .string(request.model)
    switch request.endpoint {
    case .chat:
      object["object"] = "chat.completion"
      var message = JSONObject()
      message["role"] = "assistant"
      message["content"] = ""
      object["choices"] = .array([choice("message", message)])
      object["usage"] = usage("prompt_tokens", "completion_tokens")
    case .responses:
      object["object"] = "response"
      object["status"] = "completed"
      object["output"] = .array([])
      object["usage"] = usage("input_tokens", "output_tokens")
    case .messages:
      object["type"] = "message"
      object["role"] = "assistant"
      object["content"] = .array([])
      object["stop_reason"] = "end_turn"
      object["stop_sequence"] = .null
      object["usage"] = usage("input_tokens", "output_tokens")
    case .embeddings:
      object["object"] = "list"
      object["data"] = .array([])
      object["usage"] = usage("prompt_tokens", "total_tokens")
    }
    return object
  }

  private static func choice(_ member: String, _ message: JSONObject) -> JSONValue {
    var choice = JSONObject()
    choice["index"] = .integer(0)
    choice[member] = .object(message)
    choice["finish_reason"] = "stop"
    return .object(choice)
  }

  private static func events(_ request: CallRequest, _ id: String) -> [(name: String?, object: JSONObject)] {
    var whole = object(request, id)
    switch request.endpoint {
    case .chat:
      whole["object"] = "chat.completion.chunk"
      whole["choices"] = .array([choice("delta", JSONObject())])
      whole["usage"] = nil
      return [(nil, whole)]
    case .responses:
      func event(_ type: String) -> (name: String?, object: JSONObject) {
        var event = JSONObject()
        event["type"] = .string(type)
        event["response"] = .object(whole)
        return (type, event)
      }
      return [event("response.created"), event("response.completed")]
    case .messages:
      var (start, delta, stop, change) = (JSONObject(), JSONObject(), JSONObject(), JSONObject())
      whole["stop_reason"] = .null
      start["type"] = "message_start"
      start["message"] = .object(whole)
      change["stop_reason"] = "end_turn"
      change["stop_sequence"] = .null
      delta["type"] = "message_delta"
      delta["delta"] = .object(change)
      delta["usage"] = usage("input_tokens", "output_tokens")
      stop["type"] = "message_stop"
      return [("message_start", start), ("message_delta", delta), ("message_stop", stop)]
    case .embeddings: return [(nil, whole)]
    }
  }
}
