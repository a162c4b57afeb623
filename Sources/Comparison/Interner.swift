internal import Records

/// Gives equal texts equal small numbers, in order of first appearance.
struct Interner {
  private var indices: [ItemKey: Int32] = [:]
  private(set) var names: [String] = []
  // Files are usually sorted by these columns, so the last answer is the likeliest next one.
  private var last: (key: ItemKey, index: Int32)?

  var count: Int { names.count }

  mutating func index(of text: BorrowedText) -> Int32 {
    let key = ItemKey(text)
    if let last, last.key == key { return last.index }
    let index: Int32
    if let known = indices[key] {
      index = known
    } else {
      index = Int32(names.count)
      indices[key] = index
      names.append(text.string)
    }
    last = (key, index)
    return index
  }
}
