/// How something lies in the ledger. The raw value is stored: it never changes.
enum ContentForm: Int64 {
  /// As it is.
  case plain = 0
  /// As a frame of zstd (RFC 8878), which says how long it becomes.
  case zstd = 1
  /// It was here; somebody had it erased.
  case erased = 2
}
