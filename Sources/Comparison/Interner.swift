internal import Records

/// Gives equal texts equal small numbers, in order of first appearance.
struct Interner {
  private var indices: [ItemKey: Int32] = [:]
  /// Empty unless names are kept.
  private(set) var names: [String] = []
  private let keepsNames: Bool
  // Files are usually sorted by these columns, so the last answer is the likeliest next one.
  private var last: (key: ItemKey, index: Int32)?

  init(keepsNames: Bool) {
    self.keepsNames = keepsNames
  }

  var count: Int { indices.count }

  mutating func index(of text: BorrowedText) -> Int32 {
    let key = ItemKey(text)
    if let last, last.key == key { return last.index }
    let index: Int32
    if let known = indices[key] {
      index = known
    } else {
      index = Int32(indices.count)
      indices[key] = index
      if keepsNames { names.append(text.string) }
    }
    last = (key, index)
    return index
  }
}
