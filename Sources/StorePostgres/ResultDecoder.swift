internal import CPostgres
internal import Store

/// Copies the rows of an answer into the columns of a batch.
struct ResultDecoder {
  private let result: PostgresResult
  private let types: [Oid]
  private let location: String

  /// - Throws: when there are not as many columns as the batch still wants.
  init(_ result: PostgresResult, into batch: RowBatch, location: String) throws {
    self.result = result
    self.location = location
    types = (0..<PQnfields(result.pointer)).map { PQftype(result.pointer, $0) }
  }

  /// Copies a row; what the batch has of it already comes before.
  /// - Returns: how many bytes it has.
  @discardableResult
  func copy(_ row: Int, into batch: RowBatch) throws -> Int {
    let (pointer, row) = (result.pointer, Int32(row))
    var size = 0
    for column in 0..<Int32(batch.kinds.count - batch.cursor) {
      let kind = batch.kinds[batch.cursor]
      let length = Int(PQgetlength(pointer, row, column))
      size += length + 8
      guard length > 0 || PQgetisnull(pointer, row, column) == 0 else {
        switch kind {
        case .integer: batch.append(nil as Int64?)
        case .real: batch.append(nil as Double?)
        case .text, .blob: batch.append(bytes: nil)
        }
        continue
      }
      let value = UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: length)
      switch (kind, types[Int(column)]) {
      case (.integer, Libpq.TypeNumber.integer64): batch.append(Int64(bigEndian: value.loadUnaligned(as: Int64.self)))
      case (.integer, let type): batch.append(try integer(value, type))
      case (.real, Libpq.TypeNumber.real64): batch.append(ResultDecoder.real64(value))
      case (.real, let type): batch.append(try real(value, type))
      case (.text, Libpq.TypeNumber.text), (.text, Libpq.TypeNumber.name), (.text, Libpq.TypeNumber.varying),
        (.text, Libpq.TypeNumber.unknownText), (.text, Libpq.TypeNumber.blankPadded):
        if PostgresText.isEscaped(value) {
          PostgresText.unescaped(value).withUnsafeBytes { batch.append(bytes: $0) }
        } else {
          batch.append(bytes: value)
        }
      case (.blob, Libpq.TypeNumber.bytes): batch.append(bytes: value)
      default: throw notOfItsKind
      }
    }
    return size
  }

  private static func real64(_ value: UnsafeRawBufferPointer) -> Double {
    Double(bitPattern: UInt64(bigEndian: value.loadUnaligned(as: UInt64.self)))
  }

  private func integer(_ value: UnsafeRawBufferPointer, _ type: Oid) throws -> Int64 {
    switch type {
    case Libpq.TypeNumber.integer32: Int64(Int32(bigEndian: value.loadUnaligned(as: Int32.self)))
    case Libpq.TypeNumber.integer16: Int64(Int16(bigEndian: value.loadUnaligned(as: Int16.self)))
    case Libpq.TypeNumber.boolean: value[0] == 0 ? 0 : 1
    // Sums of integers are decimal numbers there.
    case Libpq.TypeNumber.numeric: try sum(value)
    default: throw notOfItsKind
    }
  }

  private func sum(_ value: UnsafeRawBufferPointer) throws -> Int64 {
    guard let sum = DecimalNumber(value).integer else {
      throw LedgerError(
        .damaged, location: location, problem: "a sum is no integer of 64 bits",
        remedy: "`tally ledger verify` says whether the ledger is what it was")
    }
    return sum
  }

  /// An integer may stand for a real.
  private func real(_ value: UnsafeRawBufferPointer, _ type: Oid) throws -> Double {
    switch type {
    case Libpq.TypeNumber.real32: Double(Float(bitPattern: UInt32(bigEndian: value.loadUnaligned(as: UInt32.self))))
    case Libpq.TypeNumber.numeric: DecimalNumber(value).real
    case Libpq.TypeNumber.integer64: Double(Int64(bigEndian: value.loadUnaligned(as: Int64.self)))
    case Libpq.TypeNumber.integer32, Libpq.TypeNumber.integer16: Double(try integer(value, type))
    default: throw notOfItsKind
    }
  }

  private var notOfItsKind: LedgerError {
    LedgerError(
      .damaged, location: location, problem: "a value is not of its column's kind",
      remedy: "`tally ledger verify` says which; go back to a copy")
  }
}

/// A decimal number of any length, as the server sends it: digits to the base of 10,000, the first of them worth
/// 10,000^weight.
struct DecimalNumber {
  private var digits: [Int64] = []
  private let weight: Int
  private let sign: UInt16

  private static let negative: UInt16 = 0x4000
  /// Beyond are infinities and what is no number.
  private static let special: UInt16 = 0xC000

  init(_ bytes: UnsafeRawBufferPointer) {
    func word(_ place: Int) -> UInt16 {
      UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 2, as: UInt16.self))
    }
    weight = Int(Int16(bitPattern: word(1)))
    sign = word(2)
    digits = (0..<Int(word(0))).map { Int64(word(4 + $0)) }
  }

  /// Nil when it is none, or has more than 64 bits.
  var integer: Int64? {
    let whole = max(weight + 1, 0)
    guard sign < DecimalNumber.special, digits.dropFirst(whole).allSatisfy({ $0 == 0 }) else { return nil }
    var value: Int64 = 0
    for place in 0..<whole {
      let digit = place < digits.count ? digits[place] : 0
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10_000)
      // Towards the sign: the smallest integer has no positive counterpart.
      let (sum, isBeyond) = product.addingReportingOverflow(sign == DecimalNumber.negative ? -digit : digit)
      if isTooLarge || isBeyond { return nil }
      value = sum
    }
    return value
  }

  /// The nearest double.
  var real: Double {
    guard sign < DecimalNumber.special else { return .nan }
    let text = digits.map { digit in String(repeating: "0", count: 4 - String(digit).count) + String(digit) }.joined()
    let value = Double("0\(text)e\((weight + 1 - digits.count) * 4)") ?? .nan
    return sign == DecimalNumber.negative ? -value : value
  }
}
