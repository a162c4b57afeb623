internal import Guards
internal import Records

/// What is wrong with the form of a reply, by what its request asks for.
///
/// | the request has | the provider promises |
/// |---|---|
/// | `response_format` or `text.format` of type `json_object`, or `json_schema` without `strict: true` | JSON; the schema it only aims at |
/// | such a `json_schema` with `strict: true`; Anthropic's `output_config.format` (`output_format`) | an answer that keeps the schema |
/// | a function, or a tool with an `input_schema` | arguments that are a JSON object; the schema it only aims at |
/// | such a tool with `strict: true` | arguments that keep the schema |
///
/// Only what ended properly is judged, and only what is sure (`JSONSchema`).
struct ReplyForm: Sendable, Equatable {
  /// What of a reply.
  enum Part: String, Sendable {
    case answer, arguments
  }

  /// Whether an answer is no JSON, though some was asked for.
  private(set) var isNoJSON = false
  /// What breaks a schema that was promised, and what one that was only aimed at.
  private(set) var broken: Part?
  private(set) var missed: Part?
  /// Whether something is wrong because the request says where the answer ends, so that nothing is said.
  private(set) var isExcused = false

  /// Nothing is wrong.
  init() {}

  /// O(reply + what the request says of schemas), and no more for any schema; where the request asks for no form, O(1).
  init(_ span: CallSpan) {
    guard ReplyForm.isAsked(span), let bytes = span.observation.reply, let reply = try? JSONValue(parsing: bytes) else {
      return
    }
    let request = span.request
    let steps = ReplyForm.fewestSteps + ReplyForm.stepsPerByte * (bytes.count + request.formBytes)
    let wishes = ReplyWishes(request)
    for answer in ReplyAnswer.all(in: reply, request.endpoint) {
      // Words before a tool's call are no answer yet.
      for text in answer.texts where wishes.asksForJSON && answer.calls.isEmpty { judge(text, wishes, answer, steps) }
      for call in answer.calls {
        if let tool = wishes.tools[call.name] { judge(call, tool, steps) }
      }
    }
    guard self != ReplyForm(), CallOutcome.saysItsEnd(span) else { return }
    self = ReplyForm()
    isExcused = true
  }

  private static let fewestSteps = 4_096
  private static let stepsPerByte = 4

  /// Whether there is something to judge.
  private static func isAsked(_ span: CallSpan) -> Bool {
    guard (200..<300).contains(span.status ?? 0), span.observation.fault == nil, span.observation.unread == nil,
      let substance = span.observation.substance, !substance.isError, !substance.isHollow
    else { return false }
    return span.request.asksForForm || substance.callsTools && span.request.offersTools
  }

  /// Whether it takes so long to judge that nobody should wait for it.
  static func takesLong(_ span: CallSpan) -> Bool {
    span.request.formBytes + (span.observation.reply?.count ?? 0) > ReplyForm.short && isAsked(span)
  }

  /// Bytes that are judged in passing.
  private static let short = 8 << 10

  private mutating func judge(_ text: String, _ wishes: ReplyWishes, _ answer: ReplyAnswer, _ steps: Int) {
    switch ReplyForm.parsed(text) {
    case .nothing: isNoJSON = true
    case .undecided: break
    case .value(let value):
      // Of several nobody knows which one is to keep it.
      guard let schema = wishes.schema, answer.texts.count == 1 else { return }
      note(schema.schema.verdict(on: value, steps: steps), schema, .answer)
    }
  }

  private mutating func judge(_ call: ReplyAnswer.Call, _ tool: ReplyWishes.Schema, _ steps: Int) {
    var arguments = call.arguments
    if case .string(let text) = arguments {
      switch ReplyForm.parsed(text) {
      case .undecided: return
      case .nothing:
        // Of a tool without parameters some say nothing.
        guard !text.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else { return }
        broken = broken ?? .arguments
        return
      case .value(let value): if call.isText { arguments = value }
      }
    }
    guard case .object = arguments else {
      broken = broken ?? .arguments
      return
    }
    note(tool.schema.verdict(on: arguments, steps: steps), tool, .arguments)
  }

  private mutating func note(_ verdict: JSONSchema.Verdict, _ schema: ReplyWishes.Schema, _ part: Part) {
    guard verdict == .broken else { return }
    if schema.isPromised { broken = broken ?? part } else { missed = missed ?? part }
  }

  private enum Parsed {
    case value(JSONValue)
    /// It is no JSON for anybody.
    case nothing
    /// Some readers take it, and others do not.
    case undecided
  }

  private static func parsed(_ text: String) -> Parsed {
    do throws(JSONValue.Malformed) {
      return .value(try JSONValue(parsing: text))
    } catch {
      return error.isDisputed ? .undecided : .nothing
    }
  }
}
