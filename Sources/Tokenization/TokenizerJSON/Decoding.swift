/// What is done to the bytes of tokens to get a text back.
struct Decoding: Sendable {
  /// What stands for a blank, if not the blank itself.
  var blank: [UInt8]?
  /// Blanks that are taken from the start, if they are there.
  var leadingBlanks = 0

  func applied(to bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    if let blank { Normalizer.replace(blank, by: [.blank]).apply(to: &bytes) }
    return Array(bytes.dropFirst(bytes.prefix(leadingBlanks).prefix { $0 == .blank }.count))
  }
}
