internal import Similarity

/// Looks for canaries of other tenants in a text that comes in pieces, as it is written.
///
/// What is found in the whole text is found in its pieces, with the piece that completes it. Of a piece of ASCII every byte is looked at
/// once. Any other is looked at together with the end of what came before, since scalars of both may be composed; there, a canary
/// whose last letter gets an accent by a later piece counts as found.
struct CanaryScan: Sendable {
  private let list: CanaryList
  private let tenant: String?
  private var node: Int32 = 0
  /// The end of what came, as it came.
  private var tail = String.UnicodeScalarView()
  private var tailCount = 0

  init(_ list: CanaryList, toldTo tenant: String?) {
    self.list = list
    self.tenant = tenant
  }

  /// Takes the next piece.
  /// - Returns: canaries of others that it completes. One that lies in the end of what came before may be named again.
  mutating func receive(_ piece: String) -> Set<CanaryList.Hit> {
    guard !list.isEmpty else { return [] }
    var hits: Set<CanaryList.Hit> = []
    if piece.utf8.allSatisfy({ $0 < 0x80 }) {
      for byte in piece.utf8 { step(FoldedText.lower(byte), &hits) }
    } else {
      node = 0
      var text = tail
      text.append(contentsOf: piece.unicodeScalars)
      for byte in FoldedText.fold(String(text)).utf8 { step(byte, &hits) }
    }
    keep(piece)
    return hits
  }

  private mutating func step(_ byte: UInt8, _ hits: inout Set<CanaryList.Hit>) {
    node = list.step(node, byte)
    list.hits(at: node) { if $0.owner != tenant { hits.insert($0) } }
  }

  private mutating func keep(_ piece: String) {
    // What nobody sees must not push out what somebody does.
    for scalar in piece.unicodeScalars where !FoldedText.isFormat(scalar) {
      tail.append(scalar)
      tailCount += 1
    }
    guard tailCount > list.reach * 2 else { return }
    tail = String.UnicodeScalarView(tail.suffix(list.reach))
    tailCount = list.reach
  }
}
