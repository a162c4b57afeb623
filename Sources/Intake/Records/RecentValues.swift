import CXXHash
import Records

/// What texts were made into lately: rows share their tags, their settings and their seconds with rows not far from them,
/// so that comparing bytes saves making a value of them anew.
///
/// A text has one place, by its hash, and takes it from the one before: the memory is bounded.
struct RecentValues<Value> {
  private struct Place {
    var bytes: [UInt8] = []
    var value: Value?
  }

  private static var count: Int { 64 }

  private var places: [Place] = []

  @inline(__always)
  mutating func value(of text: BorrowedText, _ make: (BorrowedText) throws -> Value) rethrows -> Value {
    if places.isEmpty { places = Array(repeating: Place(), count: RecentValues.count) }
    let hash = tally_xxh3_128(text.bytes.baseAddress, text.bytes.count, 0)
    let place = Int(truncatingIfNeeded: hash.low) & (RecentValues.count - 1)
    if let value = places[place].value, places[place].bytes.withUnsafeBytes({ text.equals($0) }) { return value }
    let made = try make(text)
    places[place].bytes.removeAll(keepingCapacity: true)
    places[place].bytes.append(contentsOf: text.bytes)
    places[place].value = made
    return made
  }
}
