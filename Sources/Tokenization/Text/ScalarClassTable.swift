/// The class of every Unicode scalar, in two stages: blocks of 64 scalars, equal blocks kept once.
///
/// 64, because the last byte of a UTF-8 sequence holds six bits: a class is found without assembling the scalar.
/// The categories are those of the regular-expression engine whose pieces have to be matched (`ScalarClassText`), not
/// those of the Swift standard library, which follows a newer Unicode and would split newly assigned letters elsewhere.
struct ScalarClassTable: ~Copyable, Sendable {
  /// Block number by scalar ÷ 64.
  private let blocks: FixedArray<UInt16>
  private let classes: FixedArray<UInt8>

  /// Expands runs of equal classes: O(number of scalars), some milliseconds; once a process.
  init(runs: some Sequence<(count: Int, mask: UInt8)>) {
    var flat = [UInt8](repeating: 0, count: 0x110000)
    var place = 0
    for run in runs {
      let end = min(place + run.count, flat.count)
      if run.mask != 0 { for scalar in place..<end { flat[scalar] = run.mask } }
      place = end
    }
    flat[0x0A] |= ScalarClass.newline.rawValue
    flat[0x0D] |= ScalarClass.newline.rawValue

    var numbers: [[UInt8]: UInt16] = [:]
    var block: [UInt16] = []
    var kept: [UInt8] = []
    for start in stride(from: 0, to: flat.count, by: 64) {
      let content = Array(flat[start..<start + 64])
      if let number = numbers[content] {
        block.append(number)
      } else {
        let number = UInt16(numbers.count)
        numbers[content] = number
        block.append(number)
        kept += content
      }
    }
    blocks = FixedArray(block)
    classes = FixedArray(kept)
  }

  /// The class of a scalar.
  subscript(scalar: Unicode.Scalar) -> ScalarClass {
    let value = Int(scalar.value)
    return ScalarClass(rawValue: classes[Int(blocks[value >> 6]) << 6 | value & 63])
  }

  /// What a text needs of this table, for as long as the table lives.
  var view: View { View(blocks: blocks.address, classes: classes.address) }

  /// Borrowed tables.
  struct View {
    let blocks: UnsafePointer<UInt16>
    let classes: UnsafePointer<UInt8>
  }
}

extension ScalarClassTable {
  /// The categories of the reference engines.
  static let reference = ScalarClassTable(runs: ScalarClassRuns())
}
