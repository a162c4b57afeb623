/// Sorts entries by key: three radix passes over the first 33 bits, then each run of equal prefixes by comparison.
///
/// Keys are uniform hashes, so after the passes nearly every run is one item. 200,000 entries take a few milliseconds,
/// where comparison sorting takes ten times that.
enum EntrySort {
  private static let radixBits: UInt64 = 11
  private static let passes: UInt64 = 3

  static func sort(_ references: inout [EntryReference]) {
    guard references.count > 1 else { return }
    guard references.count > 256 else { return insertionSort(&references) }
    radixSort(&references)
    let shift = 64 - radixBits * passes
    references.withUnsafeMutableBufferPointer { buffer in
      var start = 0
      while start < buffer.count {
        EntryReference.prefetch(UnsafeBufferPointer(buffer), behind: start)
        let prefix = buffer[start].high >> shift
        var end = start + 1
        while end < buffer.count, buffer[end].high >> shift == prefix { end += 1 }
        if end - start > 1 { sortRun(UnsafeMutableBufferPointer(rebasing: buffer[start..<end])) }
        start = end
      }
    }
  }

  private static func insertionSort(_ references: inout [EntryReference]) {
    references.withUnsafeMutableBufferPointer { sortRun($0) }
  }

  private static func sortRun(_ run: UnsafeMutableBufferPointer<EntryReference>) {
    if run.count > 32 {
      var run = run
      run.sort(by: EntryReference.precedes)
      return
    }
    for index in 1..<run.count {
      let moving = run[index]
      var hole = index
      while hole > 0, EntryReference.precedes(moving, run[hole - 1]) {
        run[hole] = run[hole - 1]
        hole -= 1
      }
      run[hole] = moving
    }
  }

  private static func radixSort(_ references: inout [EntryReference]) {
    var target = references
    for pass in 0..<passes {
      let shift = 64 - radixBits * (passes - pass)
      let mask = (UInt64(1) << radixBits) - 1
      references.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          var offsets = [Int](repeating: 0, count: 1 << Int(radixBits))
          for reference in source { offsets[Int(reference.high >> shift & mask)] += 1 }
          var total = 0
          for digit in offsets.indices {
            let count = offsets[digit]
            offsets[digit] = total
            total += count
          }
          for reference in source {
            let digit = Int(reference.high >> shift & mask)
            target[offsets[digit]] = reference
            offsets[digit] += 1
          }
        }
      }
      swap(&references, &target)
    }
  }
}
