/// The pre-tokenisers that are known, so that one can be chosen by a file and still run as compiled for its case.
enum SplitPattern: Sendable {
  case gpt2(GPT2Pattern)
  case letterRun(LetterRunPattern)
  case casedWord(CasedWordPattern)
  case deepSeekWord(DeepSeekWordPattern)
  case classRun(ClassRunPattern)
  case eastAsianRun(EastAsianRunPattern)
  case literal(LiteralPattern)

  /// Hands all pieces of a text on, in order.
  @inline(__always)
  func split(_ text: ScalarText, into sink: inout some PieceSink & ~Copyable) {
    switch self {
    case .gpt2(let pattern): pattern.split(text, into: &sink)
    case .letterRun(let pattern): pattern.split(text, into: &sink)
    case .casedWord(let pattern): pattern.split(text, into: &sink)
    case .deepSeekWord(let pattern): pattern.split(text, into: &sink)
    case .classRun(let pattern): pattern.split(text, into: &sink)
    case .eastAsianRun(let pattern): pattern.split(text, into: &sink)
    case .literal(let pattern): pattern.split(text, into: &sink)
    }
  }

  /// Whether every character is part of a match of the expression.
  var coversEverything: Bool {
    switch self {
    case .gpt2, .letterRun, .casedWord: true
    case .deepSeekWord, .classRun, .eastAsianRun, .literal: false
    }
  }

  /// The end of the piece that begins at a place before the end.
  func end(in text: ScalarText, from start: Int) -> Int {
    switch self {
    case .gpt2(let pattern): pattern.end(in: text, from: start)
    case .letterRun(let pattern): pattern.end(in: text, from: start)
    case .casedWord(let pattern): pattern.end(in: text, from: start)
    case .deepSeekWord(let pattern): pattern.end(in: text, from: start)
    case .classRun(let pattern): pattern.end(in: text, from: start)
    case .eastAsianRun(let pattern): pattern.end(in: text, from: start)
    case .literal(let pattern): pattern.end(in: text, from: start)
    }
  }
}
