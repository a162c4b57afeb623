/// Sums under random signs, eight differences a look-up.
///
/// The method of the Four Russians: for each group of eight differences a table holds the sums of all 256 choices of
/// signs, so that one random byte flips eight signs at once. Eight groups make a block: 64 differences spend exactly
/// one random word a resample, and the block's tables (16 KiB) stay in the first-level cache while all resamples pass
/// over it, each adding to its own running sum.
///
/// Source: V. Arlazarov, E. Dinic, M. Kronrod, I. Faradzev, "On economical construction of the transitive closure of a
/// directed graph", 1970.
enum SignFlipResampler {
  private static let groupSize = 8
  private static let groups = 8
  private static let entries = 256
  private static let blockSize = groupSize * groups
  /// Resamples that run together: their sums (128 KiB) stay in the second-level cache.
  private static let batch = 16_384

  /// How many of the resamples have |Σ±d| ≥ threshold.
  static func hits(_ differences: [Double], threshold: Double, resamples: Int, seed: UInt64) -> Int {
    var generator = Xoshiro256StarStar(seed: seed)
    var hits = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: groups * entries) { tables in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: min(batch, resamples)) { sums in
        differences.withUnsafeBufferPointer { differences in
          var done = 0
          while done < resamples {
            let count = min(batch, resamples - done)
            let running = UnsafeMutableBufferPointer(rebasing: sums[..<count])
            running.initialize(repeating: 0)
            for start in stride(from: 0, to: differences.count, by: blockSize) {
              let end = min(start + blockSize, differences.count)
              fill(tables, UnsafeBufferPointer(rebasing: differences[start..<end]))
              add(tables, to: running, &generator)
            }
            for sum in running where sum.magnitude >= threshold {
              hits += 1
            }
            done += count
          }
        }
      }
    }
    return hits
  }

  /// The signed sums of each group; a short last block is as if filled up with zeros.
  private static func fill(_ tables: UnsafeMutableBufferPointer<Double>, _ block: UnsafeBufferPointer<Double>) {
    for group in 0..<groups {
      let table = UnsafeMutableBufferPointer(rebasing: tables[group * entries..<(group + 1) * entries])
      table.initialize(repeating: 0)
      for bit in 0..<groupSize {
        let index = group * groupSize + bit
        let difference = index < block.count ? block[index] : 0
        let width = 1 &<< bit
        for entry in 0..<width {
          let sum = table[entry]
          table[entry] = sum - difference
          table[entry + width] = sum + difference
        }
      }
    }
  }

  /// Adds one random choice of the block's 64 signs to every running sum.
  private static func add(
    _ tables: UnsafeMutableBufferPointer<Double>, to sums: UnsafeMutableBufferPointer<Double>,
    _ generator: inout Xoshiro256StarStar
  ) {
    var local = generator
    for index in sums.indices {
      let signs = local.next()
      let first = entry(tables, 0, signs) + entry(tables, 1, signs)
      let second = entry(tables, 2, signs) + entry(tables, 3, signs)
      let third = entry(tables, 4, signs) + entry(tables, 5, signs)
      let fourth = entry(tables, 6, signs) + entry(tables, 7, signs)
      sums[index] += (first + second) + (third + fourth)
    }
    generator = local
  }

  @inline(__always)
  private static func entry(
    _ tables: UnsafeMutableBufferPointer<Double>, _ group: Int, _ signs: UInt64
  ) -> Double {
    let byte = Int(truncatingIfNeeded: (signs &>> UInt64(8 &* group)) & 255)
    return tables[group &* entries &+ byte]
  }
}
