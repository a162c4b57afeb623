extension UnsafeRawBufferPointer {
  /// Whether a text of at least eight bytes lies among these: O(count).
  ///
  /// Eight bytes at a time, since all attributes and all answers of every span are looked through.
  public func holds(_ text: StaticString) -> Bool {
    let sought = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    precondition(sought.count >= 8)
    guard sought.count <= count else { return false }
    let start = sought.loadUnaligned(as: UInt64.self)
    for place in 0...count - sought.count where loadUnaligned(fromByteOffset: place, as: UInt64.self) == start {
      if self[place..<place + sought.count].elementsEqual(sought) { return true }
    }
    return false
  }
}
