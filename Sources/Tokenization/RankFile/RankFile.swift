/// A vocabulary as tiktoken publishes it: a line a token, its bytes in Base64, a blank and its rank, which is its id.
/// The token with the lower rank is merged first.
struct RankFile {
  /// The longest token that is read; published vocabularies stay below 200 bytes.
  static let longestToken = 4096

  let tokens: TokenList

  /// Reads the bytes of a file. O(n), and O(n log n) if the ranks do not ascend.
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    var entries: [(token: [UInt8], rank: TokenID, line: Int)] = []
    var line = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      line += 1
      var text = rest.prefix { $0 != .lineFeed }
      rest = rest.dropFirst(text.count + 1)
      if text.last == .carriageReturn { text = text.dropLast() }
      if text.isEmpty { continue }
      let (token, rank) = try RankFile.entry(text, file, line)
      entries.append((token, rank, line))
    }
    // Published files ascend.
    if zip(entries, entries.dropFirst()).contains(where: { $0.rank > $1.rank }) {
      entries.sort { ($0.rank, $0.line) < ($1.rank, $1.line) }
    }
    tokens = try RankFile.list(entries, file)
  }

  private static func entry(
    _ text: ArraySlice<UInt8>, _ file: String, _ line: Int
  ) throws(TokenizerError) -> (token: [UInt8], rank: TokenID) {
    let format = "Rank files have a token in Base64, a blank and a number on each line"
    guard let blank = text.firstIndex(of: .blank) else {
      throw TokenizerError(
        file: file, line: line, problem: "expected a blank between a token and its rank", remedy: format)
    }
    guard let token = Base64.decoded(text[..<blank]), !token.isEmpty else {
      throw TokenizerError(file: file, line: line, problem: "the token is not Base64", remedy: format)
    }
    guard token.count <= longestToken else {
      throw TokenizerError(
        file: file, line: line, problem: "the token has \(token.count) bytes; \(longestToken) are the most")
    }
    let digits = text[(blank + 1)...]
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), let rank = TokenID(String(decoding: digits, as: UTF8.self))
    else {
      throw TokenizerError(
        file: file, line: line, problem: "the rank is not a whole number from 0 to \(TokenID.max)", remedy: format)
    }
    return (token, rank)
  }

  private static func list(
    _ entries: [(token: [UInt8], rank: TokenID, line: Int)], _ file: String
  ) throws(TokenizerError) -> TokenList {
    guard entries.count <= PairTable.mostTokens else {
      throw TokenizerError(file: file, problem: "\(entries.count) tokens; \(PairTable.mostTokens) are the most")
    }
    var lines: [[UInt8]: Int] = [:]
    var tokens = TokenList()
    for (place, entry) in entries.enumerated() {
      if place > 0, entries[place - 1].rank == entry.rank {
        throw TokenizerError(
          file: file, line: entry.line, problem: "rank \(entry.rank) is also that of line \(entries[place - 1].line)")
      }
      if let first = lines.updateValue(entry.line, forKey: entry.token) {
        throw TokenizerError(file: file, line: entry.line, problem: "the token is also on line \(first)")
      }
      tokens.append(entry.token, id: entry.rank)
    }
    for byte in UInt8.min...UInt8.max where lines[[byte]] == nil {
      throw TokenizerError(
        file: file, problem: "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16)) has no rank",
        remedy: "A vocabulary needs all 256 bytes as tokens; the file may be cut off")
    }
    return tokens
  }

  /// How tiktoken merges: a piece that is a token is that token; else any neighbours that spell a token, least rank first.
  var plan: MergePlan {
    MergePlan(tokens: tokens, merges: .concatenation, alphabet: .bytes, takesWholePieces: true)
  }
}
