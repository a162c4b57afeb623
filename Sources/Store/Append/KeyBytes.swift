import Records

/// A natural key on its way to its 16 bytes: 6 that keep keys of neighbours together, then 10 of the SHA-256 of the key.
///
/// Keys of one series (or of one moment) lie side by side in the index, so that appending touches few of its pages
/// however large the ledger is.
struct KeyBytes {
  private var fields: CanonicalBytes
  private var prefix: UInt64 = 0

  init() {
    fields = CanonicalBytes(kind: .trial)
  }

  mutating func reset(kind: RecordKind) {
    fields.reset(kind: kind)
    prefix = 0
  }

  mutating func append(_ value: String?) { fields.append(value) }
  mutating func append(_ value: Int64?) { fields.append(value) }

  /// Neighbours in time are neighbours in the index.
  mutating func placeBy(_ time: Instant) {
    prefix = UInt64(min(max(time.nanoseconds / 1_000_000, 0), 0xFFFF_FFFF_FFFF))
  }

  /// What was appended so far is what neighbours share.
  mutating func placeByFields() { prefix = fields.digest.words.0 >> 16 }

  var key: RecordID {
    let digest = fields.digest
    return RecordID(
      high: prefix << 16 | digest.words.0 >> 48, low: digest.words.0 << 16 | digest.words.1 >> 48)
  }
}
