import Records
import Store

extension EvalProdParity {
  /// What a trial is evidence of.
  struct Roles: OptionSet, Hashable {
    let rawValue: UInt8

    /// Measured by the harness.
    static let evaluation = Roles(rawValue: 1)
    /// Measured on what users asked.
    static let production = Roles(rawValue: 2)
    /// An item made to look like production, and the same item as the test that it is.
    static let liveFrame = Roles(rawValue: 4)
    static let testFrame = Roles(rawValue: 8)
    /// An item in other words, and in its own.
    static let paraphrase = Roles(rawValue: 16)
    static let original = Roles(rawValue: 32)

    static let each: [Roles] = [.evaluation, .production, .liveFrame, .testFrame, .paraphrase, .original]

    /// A trial that says nothing was measured by the harness, which is what trials are. One of production is production's
    /// alone; one of an experiment counts as measured in evaluation where it says so and is framed and worded as tests are.
    init(measuredIn: String?, frame: String?, form: String?) {
      switch measuredIn {
      case "prod":
        self = .production
        return
      case "eval", nil: self = []
      default:
        self = []
        return
      }
      let (isLive, isReworded) = (frame == "prod", form == "paraphrase")
      if measuredIn == "eval" ? !isLive && !isReworded : frame == nil && form == nil { insert(.evaluation) }
      if !isReworded {
        if isLive { insert(.liveFrame) }
        if frame == "eval" { insert(.testFrame) }
      }
      if !isLive {
        if isReworded { insert(.paraphrase) }
        if form == "original" { insert(.original) }
      }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  /// What the attributes of a trial or a span say.
  struct Mark {
    var roles: Roles
    var refusal: Bool?
    var finishReason: String?
    var isValid: Bool?

    init(_ attributes: JSONValue?) {
      roles = Roles(
        measuredIn: attributes?["measured_in"]?.text, frame: attributes?["frame"]?.text,
        form: attributes?["form"]?.text)
      refusal = attributes?["refusal"]?.truth
      finishReason = attributes?["finish_reason"]?.text
      isValid = attributes?["valid"]?.truth
    }
  }

  /// Reads attributes; trials of a run mostly bear the same as the one before.
  struct MarkReader {
    private var last: (text: String, mark: Mark)?

    mutating func mark(_ text: BorrowedText?) -> Mark {
      guard let text else { return Mark(nil) }
      if let last, text.bytes.elementsEqual(last.text.utf8) { return last.mark }
      let owned = text.string
      let mark = Mark(try? JSONValue(parsing: owned))
      last = (owned, mark)
      return mark
    }
  }
}
