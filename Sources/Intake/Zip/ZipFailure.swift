/// Why an archive, or one of its entries, was not read.
///
/// Archives come from crashed runs and from strangers: each case says which promise of the format was broken, so that
/// the message can say what to do.
enum ZipFailure: Error, Equatable {
  /// Neither a central directory nor one local header was found.
  case notAnArchive
  /// A structure of the archive ends behind the last byte, or points outside the file.
  case truncated(what: String)
  /// A structure contradicts the format or another structure.
  case damaged(what: String)
  /// The archive is one volume of several.
  case multipleVolumes
  /// A name that would leave the directory it is unpacked in (`../x`, `/x`, `C:\x`), or holds a NUL.
  case unsafeName(String)
  /// Two entries claim the same bytes: the mark of a compression bomb.
  case overlapping(String)
  /// The entry is encrypted.
  case encrypted(String)
  /// The compression method is none of stored, deflate and zstd.
  case unsupportedMethod(String, method: Int)
  /// The entry's compressed bytes are not a stream of its method.
  case corrupt(String)
  /// The inflated bytes do not have the recorded CRC-32.
  case checksumMismatch(String)
  /// The entry inflates to a size other than the recorded one.
  case sizeMismatch(String)
  /// The entry, or the archive as a whole, inflates to more than the limit (bytes).
  case tooLarge(String, limit: Int)
  /// The entry inflates to more than `ratio` times its compressed size.
  case bomb(String, ratio: Int)
  /// Memory for an entry could not be had.
  case outOfMemory(bytes: Int)
}

extension ZipFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .notAnArchive: "this is not a zip archive: neither a directory nor an entry was found"
    case .truncated(let what): "the archive is cut off: \(what)"
    case .damaged(let what): "the archive is damaged: \(what)"
    case .multipleVolumes: "the archive is one volume of several; join them first"
    case .unsafeName(let name): "the archive holds an unsafe name, \(quoted(name)): it would leave its directory"
    case .overlapping(let name): "the entry \(quoted(name)) shares bytes with another entry, as compression bombs do"
    case .encrypted(let name): "the entry \(quoted(name)) is encrypted"
    case .unsupportedMethod(let name, let method):
      "the entry \(quoted(name)) uses compression method \(method); stored (0), deflate (8) and zstd (93) are read"
    case .corrupt(let name): "the compressed bytes of the entry \(quoted(name)) are corrupt"
    case .checksumMismatch(let name): "the entry \(quoted(name)) does not have the checksum that the archive records"
    case .sizeMismatch(let name): "the entry \(quoted(name)) does not have the size that the archive records"
    case .tooLarge(let name, let limit): "\(quoted(name)) inflates to more than \(limit) bytes"
    case .bomb(let name, let ratio):
      "the entry \(quoted(name)) inflates to more than \(ratio) times its size, as compression bombs do"
    case .outOfMemory(let bytes): "no memory for an entry of \(bytes) bytes"
    }
  }

  /// A name as it may be shown: hostile archives carry control characters and names of 64 KiB.
  private func quoted(_ name: String) -> String {
    let shown = String(
      String.UnicodeScalarView(name.unicodeScalars.prefix(120).filter { $0.value >= 0x20 && $0 != "\u{7F}" }))
    return "\"\(shown)\""
  }
}
