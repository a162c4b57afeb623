/// Elements that are written while a tokenizer is built and only read afterwards, without bounds checks in releases.
///
/// A tokenizer looks into its tables hundreds of millions of times a second: an `Array` would check every index and
/// count references to its storage in between.
struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  /// `count` elements that are all `value`.
  init(repeating value: Element, count: Int) {
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  /// A copy of some elements.
  init(_ elements: [Element]) {
    base = .allocate(capacity: max(elements.count, 1))
    count = elements.count
    for (place, element) in elements.enumerated() { (base + place).initialize(to: element) }
  }

  deinit { base.deallocate() }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count)
      return base[index]
    }
    @inline(__always) nonmutating set {
      assert(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  /// Where the elements lie, for as long as this array lives.
  var address: UnsafePointer<Element> { UnsafePointer(base) }
}

// Safe: its owners hand it to other threads only when they are built, and write nothing after that.
extension FixedArray: @unchecked Sendable {}
