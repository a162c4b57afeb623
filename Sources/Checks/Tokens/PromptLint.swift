import Records
import Tokenization

/// A habit of prompts that costs tokens, caches or answers.
enum PromptLint: String, CaseIterable {
  case trailingSpace = "TRAILING_SPACE"
  case volatileFirst = "VOLATILE_FIRST"
  case keysUnstable = "KEYS_UNSTABLE"
  case unseenCharacters = "UNSEEN_CHARACTERS"
  case jsonIndented = "JSON_INDENTED"
  case lengthGuard = "LENGTH_GUARD"
  case stopInValue = "STOP_IN_VALUE"
  case encodedRun = "ENCODED_RUN"

  /// What was seen, behind how many prompts.
  var sentence: String {
    switch self {
    case .trailingSpace: "end in white space, which the model's next token would have brought along"
    case .volatileFirst: "have a date, an id or a name before what is the same in every call"
    case .keysUnstable: "hold JSON or tools in another order than the call before"
    case .unseenCharacters: "are not in normal form C, or hold characters that nobody sees and every tokenizer counts"
    case .jsonIndented: "hold indented JSON of which a tenth and more is white space"
    case .lengthGuard: "were counted by their length (characters/4, or words and 0.75), not by tokens"
    case .stopInValue: "stop at a text that a valid value of their schema holds"
    case .encodedRun: "hold a run of more than 200 characters of Base64 or hexadecimal digits"
    }
  }

  /// What makes it go away.
  var remedy: String {
    switch self {
    case .trailingSpace: "Trim the end of the prompt"
    case .volatileFirst: "Move dates, ids and names behind what stays the same"
    case .keysUnstable: "Write JSON with sorted keys and tools in one order"
    case .unseenCharacters: "Bring texts to normal form C and take unseen characters out"
    case .jsonIndented: "Write JSON without white space, or as CSV"
    case .lengthGuard: "Count with the model's vocabulary"
    case .stopInValue: "Choose a stop text that no value can hold"
    case .encodedRun: "Send encoded data by reference, or as a file"
    }
  }

  /// Compact JSON that is smaller by more than this share is worth writing.
  static let indentation = 0.10

  /// The habits that show in one text.
  /// - Parameters:
  ///   - text: what was sent.
  ///   - count: tokens of a text, or its bytes where nobody knows them.
  static func seen(in text: String, count: (String) -> Int) -> Set<PromptLint> {
    var seen: Set<PromptLint> = []
    if text.unicodeScalars.last?.properties.isWhitespace == true { seen.insert(.trailingSpace) }
    if TextScan.hasUnseenCharacters(text) { seen.insert(.unseenCharacters) }
    if TextScan.hasEncodedRun(text) { seen.insert(.encodedRun) }
    let isIndented = TextScan.jsonBlocks(text).contains { block in
      guard block.text.contains("\n"), let compact = try? block.value.line() else { return false }
      let before = count(block.text)
      return Share.of(before - count(compact), before)?.isAbove(indentation) ?? false
    }
    if isIndented { seen.insert(.jsonIndented) }
    return seen
  }

  /// The habits that show between two renders of one prompt.
  /// - Parameter user: the id of whom the second is for.
  static func seen(in pair: RenderPair, user: String?) -> Set<PromptLint> {
    var seen: Set<PromptLint> = []
    let difference = pair.difference(in: pair.second)
    // What ends alike is longer than what begins alike: the static block comes after what differs.
    let isVolatile = TextScan.hasVolatileText(difference) || user.map { difference.contains($0) } ?? false
    if isVolatile, pair.behind > pair.before { seen.insert(.volatileFirst) }
    let (first, second) = (TextScan.jsonBlocks(pair.first), TextScan.jsonBlocks(pair.second))
    if zip(first, second).contains(where: { TextScan.isReordered($0, $1) }) { seen.insert(.keysUnstable) }
    return seen
  }

  /// Whether a template puts what changes before the larger part of what does not.
  static func isVolatileFirst(template text: String) -> Bool {
    let template = PromptText.template(text)
    let length = template.fixed.utf8.count
    return template.places.contains { TextScan.isVolatile(place: $0.name) && $0.before < length - $0.before }
  }

  /// Whether a count is one of those that need no vocabulary.
  static func isByLength(_ local: Int64, of text: String) -> Bool {
    let sizes = [text.count, text.unicodeScalars.count, text.utf8.count]
    let words = Double(text.split(whereSeparator: \.isWhitespace).count)
    let estimates = sizes.map { Double($0) / 4 } + [words * 0.75, words / 0.75]
    return estimates.contains { estimate in
      local == Int64(estimate.rounded(.down)) || local == Int64(estimate.rounded(.up))
    }
  }
}

extension PromptLint {
  /// The texts that a JSON schema allows by name: enumerations, constants, examples, defaults, and names of properties.
  static func values(of schema: JSONValue) -> [String] {
    switch schema {
    case .object(let object):
      object.members.flatMap { member -> [String] in
        switch member.key {
        case "enum", "const", "examples", "default": texts(member.value)
        case "properties":
          if case .object(let properties) = member.value {
            properties.members.flatMap { [$0.key] + values(of: $0.value) }
          } else {
            []
          }
        default: values(of: member.value)
        }
      }
    case .array(let elements): elements.flatMap(values)
    default: []
    }
  }

  private static func texts(_ value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap(texts)
    case .object(let object): object.members.flatMap { texts($0.value) }
    default: []
    }
  }
}
