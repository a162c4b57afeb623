import Tokenization

/// Byte-pair encoding by its definition, in quadratic time: what the room has to agree with.
enum NaiveMerging {
  /// tiktoken's: a whole piece that is a token; else the neighbours of least rank are joined, the leftmost first.
  static func encode(_ piece: [UInt8], _ ranks: [[UInt8]: TokenID]) -> [TokenID] {
    if let whole = ranks[piece] { return [whole] }
    var parts = piece.map { [$0] }
    while let best = parts.indices.dropLast().compactMap({ place in
      ranks[parts[place] + parts[place + 1]].map { (rank: $0, place: place) }
    }).min(by: { ($0.rank, $0.place) < ($1.rank, $1.place) }) {
      parts[best.place] += parts.remove(at: best.place + 1)
    }
    return parts.compactMap { ranks[$0] }
  }

  /// tokenizers': pairs in a list, the first first, the leftmost first.
  static func encode(_ symbols: [String], _ merges: [(String, String)]) -> [String] {
    var parts = symbols
    while true {
      var best: (priority: Int, place: Int)?
      for place in parts.indices.dropLast() {
        guard let priority = merges.firstIndex(where: { $0 == parts[place] && $1 == parts[place + 1] }) else {
          continue
        }
        if best.map({ priority < $0.priority }) ?? true { best = (priority, place) }
      }
      guard let best else { return parts }
      parts[best.place] += parts.remove(at: best.place + 1)
    }
  }
}

/// Base64 and rank files that tests write.
enum RankFileText {
  static func line(_ token: [UInt8], _ rank: TokenID) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: token.count, by: 3) {
      let group = token[start..<min(start + 3, token.count)]
      let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32(start + $1 < token.count ? token[start + $1] : 0) }
      for place in 0..<4 {
        text.append(place <= group.count ? letters[Int(bits >> UInt32(18 - 6 * place) & 63)] : "=")
      }
    }
    return "\(text) \(rank)\n"
  }

  static func bytes(_ ranks: [[UInt8]: TokenID]) -> [UInt8] {
    Array(ranks.sorted { $0.value < $1.value }.map { line($0.key, $0.value) }.joined().utf8)
  }
}
