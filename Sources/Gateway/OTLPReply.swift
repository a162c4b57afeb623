internal import Records

/// Answers to exports, in the encoding of the request.
struct OTLPReply {
  let isJSON: Bool
  private let signal: OTLPEndpoint.Signal

  /// Nil for a type that exports do not have.
  init?(contentType: String?, signal: OTLPEndpoint.Signal) {
    let type = contentType?.split(separator: ";").first.map { $0.trimmingSpaces().lowercased() }
    switch type {
    case "application/json": isJSON = true
    case "application/x-protobuf", "application/protobuf": isJSON = false
    default: return nil
    }
    self.signal = signal
  }

  private init(isJSON: Bool, signal: OTLPEndpoint.Signal) {
    self.isJSON = isJSON
    self.signal = signal
  }

  /// What gRPC carries.
  static func protobuf(_ signal: OTLPEndpoint.Signal) -> OTLPReply { OTLPReply(isJSON: false, signal: signal) }

  /// Everything is durable but what was rejected.
  func accepted(rejected: Int, message: String?) -> Answer {
    guard isJSON else {
      var partial = ProtobufMessage()
      partial.append(1, number: rejected)
      partial.append(2, text: message)
      var reply = ProtobufMessage()
      if !partial.bytes.isEmpty { reply.append(1, message: partial) }
      return Answer(status: 200, contentType: "application/x-protobuf", body: reply.bytes)
    }
    var partial = JSONObject()
    if rejected > 0 {
      // 64-bit integers are texts in protobuf's JSON.
      partial[signal == .traces ? "rejectedSpans" : "rejectedLogRecords"] = .string(String(rejected))
    }
    partial["errorMessage"] = message.map(JSONValue.string)
    var reply = JSONObject()
    if !partial.members.isEmpty { reply["partialSuccess"] = .object(partial) }
    return Answer(status: 200, json: reply)
  }

  /// The body is a `google.rpc.Status`, of which clients show the message.
  func failed(_ answer: Answer, _ message: String) -> Answer {
    var failed: Answer
    if isJSON {
      var status = JSONObject()
      status["message"] = .string(message)
      failed = Answer(status: answer.status, json: status)
    } else {
      var status = ProtobufMessage()
      status.append(2, text: message)
      failed = Answer(status: answer.status, contentType: "application/x-protobuf", body: status.bytes)
    }
    (failed.retryAfter, failed.challenges) = (answer.retryAfter, answer.challenges)
    return failed
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    var text = self.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
