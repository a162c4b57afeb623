/// Cuts bytes into the symbols that merging starts from.
struct FirstSymbols {
  private let byBytes: [Int]
  private let byCharacter: [UInt32: Int]
  private let isByte: Bool

  init(_ plan: MergePlan) {
    var bytes = [Int](repeating: 0, count: 256)
    var characters: [UInt32: Int] = [:]
    if case .bytes = plan.alphabet { isByte = true } else { isByte = false }
    for place in 0..<plan.tokens.count where FirstSymbols.isSymbol(plan.tokens[place], plan.alphabet) {
      let token = plan.tokens[place]
      if isByte { bytes[Int(token[token.startIndex])] = place } else { characters[FirstSymbols.packed(token)] = place }
    }
    byBytes = bytes
    byCharacter = characters
  }

  /// Whether a token is a first symbol.
  static func isSymbol(_ token: ArraySlice<UInt8>, _ alphabet: MergePlan.Alphabet) -> Bool {
    switch alphabet {
    case .bytes: token.count == 1
    case .characters:
      token.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return false }
        return UTF8Prefix.width(base, available: bytes.count) == bytes.count
      }
    }
  }

  /// The bytes of one character as one number.
  private static func packed(_ character: ArraySlice<UInt8>) -> UInt32 {
    character.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The symbols that spell a token; false when one of its characters is none.
  func collect(_ token: ArraySlice<UInt8>, into symbols: inout [Int]) -> Bool {
    symbols.removeAll(keepingCapacity: true)
    if isByte {
      for byte in token { symbols.append(byBytes[Int(byte)]) }
      return true
    }
    var rest = token
    while !rest.isEmpty {
      let width = rest.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.flatMap { UTF8Prefix.width($0, available: bytes.count) }
      }
      guard let width, let symbol = byCharacter[FirstSymbols.packed(rest.prefix(width))] else { return false }
      symbols.append(symbol)
      rest = rest.dropFirst(width)
    }
    return true
  }
}
