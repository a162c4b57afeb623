/// `model` of a `tokenizer.json`, as a plan for merging.
struct JSONModel {
  private let vocabulary: JSONVocabulary
  private let model: JSONPart
  private let isByteLevel: Bool
  /// Tokens as bytes of the text; nil where a byte-level token's text stands for none.
  private let bytes: [[UInt8]?]
  /// Places of the tokens that are a half of some merge.
  private let halves: Set<Int>

  init(_ vocabulary: JSONVocabulary, _ model: JSONPart, isByteLevel: Bool) {
    self.vocabulary = vocabulary
    self.model = model
    self.isByteLevel = isByteLevel
    halves = Set(vocabulary.merges.flatMap { [$0.left, $0.right] })
    bytes = vocabulary.tokens.map { isByteLevel ? ByteAlphabet.decoded($0.text) : $0.text }
  }

  /// The plan. Tokens that no text can yield, such as a special token with a blank in it, are left out.
  func plan() throws(TokenizerError) -> MergePlan {
    guard !vocabulary.tokens.isEmpty else { throw model["vocab"].wrong("expected an object of tokens with their ids") }
    guard vocabulary.tokens.count <= PairTable.mostTokens else {
      throw model["vocab"].wrong("\(vocabulary.tokens.count) tokens; \(PairTable.mostTokens) are the most")
    }
    var tokens = TokenList()
    var places = [Int?](repeating: nil, count: bytes.count)
    for (place, token) in bytes.enumerated() {
      guard let token, !token.isEmpty else { continue }
      guard token.count <= RankFile.longestToken else {
        throw model["vocab"].wrong("a token has \(token.count) bytes; \(RankFile.longestToken) are the most")
      }
      places[place] = tokens.count
      tokens.append(token, id: vocabulary.tokens[place].id)
    }
    var merges: [MergePlan.Merge] = []
    for merge in vocabulary.merges {
      guard let left = places[merge.left], let right = places[merge.right], let joined = places[merge.joined] else {
        continue
      }
      merges.append(MergePlan.Merge(left: left, right: right, joined: joined))
    }
    return MergePlan(
      tokens: tokens, merges: .listed(merges), alphabet: try alphabet(places),
      takesWholePieces: try model["ignore_merges"].truth(ifAbsent: false))
  }

  private func alphabet(_ places: [Int?]) throws(TokenizerError) -> MergePlan.Alphabet {
    if isByteLevel {
      try requireAllBytes()
      return .bytes
    }
    let fused = try model["fuse_unk"].truth(ifAbsent: false)
    if try model["byte_fallback"].truth(ifAbsent: false) {
      var fallback: [Int] = []
      for byte in UInt8.min...UInt8.max {
        let name = JSONModel.byteName(byte)
        guard let place = vocabulary.places[Array(name.utf8)], let token = places[place] else {
          throw model["byte_fallback"].wrong("the token \"\(name)\" is missing in model.vocab")
        }
        try requireNoMerge(of: place, name)
        fallback.append(token)
      }
      return .characters(bytes: fallback, unknown: nil, fused: fused)
    }
    guard !model["unk_token"].isAbsent else {
      throw model["unk_token"].unsupported("a model that drops characters it does not know")
    }
    let name = try model["unk_token"].text()
    guard let place = vocabulary.places[Array(name.utf8)], let token = places[place] else {
      throw model["unk_token"].wrong("the token \"\(name)\" is missing in model.vocab")
    }
    try requireNoMerge(of: place, name)
    return .characters(bytes: nil, unknown: token, fused: fused)
  }

  /// All bytes that occur in UTF-8 must be tokens; tokenizers drops the others silently.
  private func requireAllBytes() throws(TokenizerError) {
    var present = [Bool](repeating: false, count: 256)
    for token in bytes {
      if let token, token.count == 1 { present[Int(token[0])] = true }
    }
    for byte in UInt8.min...UInt8.max where !present[Int(byte)] {
      if byte == 0xC0 || byte == 0xC1 || byte > 0xF4 { continue }
      let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16)
      throw model["vocab"].wrong("byte 0x\(digits) has no token", remedy: "The file may be cut off")
    }
  }

  /// What stands for an unknown character never merges here.
  private func requireNoMerge(of place: Int, _ name: String) throws(TokenizerError) {
    guard !halves.contains(place) else {
      throw model["merges"].unsupported("merging \"\(name)\", which stands for what is not in the vocabulary,")
    }
  }

  private static func byteName(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(byte < 16 ? "0" : "")\(digits)>"
  }

  /// All tokens with the bytes that they stand for in a text.
  func spelled(_ added: [(bytes: [UInt8], id: TokenID)]) throws(TokenizerError) -> TokenList {
    var known: Set<TokenID> = []
    var list = TokenList()
    for (bytes, id) in added where known.insert(id).inserted { list.append(bytes, id: id) }
    var byteNames: [[UInt8]: UInt8] = [:]
    if try model["byte_fallback"].truth(ifAbsent: false) {
      for byte in UInt8.min...UInt8.max { byteNames[Array(JSONModel.byteName(byte).utf8)] = byte }
    }
    for (place, token) in vocabulary.tokens.enumerated() where known.insert(token.id).inserted {
      if let byte = byteNames[token.text] {
        list.append([byte], id: token.id)
      } else {
        list.append(bytes[place] ?? token.text, id: token.id)
      }
    }
    return list
  }
}
