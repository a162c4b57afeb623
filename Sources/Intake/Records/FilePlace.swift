import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the place of a file says about rows that do not say it themselves.
struct FilePlace {
  let file: String
  /// The name without folder and endings; nil for standard input.
  let fileName: String?
  /// The name of the folder that the file lies in, wherever the command was called from; nil for standard input.
  let folderName: String?
  /// When the file was written last; now for standard input.
  let modified: Instant

  init(file: String, now: Instant) {
    self.file = file
    var status = stat()
    guard !file.isEmpty, stat(file, &status) == 0 else {
      fileName = nil
      folderName = nil
      modified = now
      return
    }
    fileName = FilePlace.baseName(file)
    folderName = FilePlace.folder(file)
    let (seconds, tooFar) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    modified = tooFar ? now : Instant(nanoseconds: seconds &+ Int64(status.st_mtim.tv_nsec))
  }

  func nameless(_ option: String) -> IntakeError {
    IntakeError(
      file: file, problem: "nothing says which \(option.dropFirst(2)) the trials are of",
      remedy: "Name it with \(option)")
  }

  private static let endings = [".gz", ".zst", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".eval", ".txt"]

  /// `runs/baseline.csv.gz` → `baseline`.
  static func baseName(_ path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    while let ending = endings.first(where: { name.lowercased().hasSuffix($0) && name.utf8.count > $0.utf8.count }) {
      name.removeLast(ending.count)
    }
    return name
  }

  private static func folder(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved).split(separator: "/").dropLast().last.map(String.init)
  }
}
