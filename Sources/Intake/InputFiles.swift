#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of a directory that may hold results.
enum InputFiles {
  /// Endings of result files; `.gz`, `.zst` may follow.
  private static let endings = [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".eval", ".pb", ".binpb"]
  private static let compressions = [".gz", ".zst"]
  /// Directories deeper than this are taken for a loop.
  private static let maximumDepth = 32

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// All files with a known ending below a directory, in byte order of their paths. Hidden files and linked
  /// directories are left out.
  static func list(_ directory: String) throws -> [String] {
    var files: [String] = []
    try collect(directory, depth: 0, into: &files)
    return files.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  private static func collect(_ directory: String, depth: Int, into files: inout [String]) throws {
    guard depth <= maximumDepth, let stream = opendir(directory) else {
      if depth > maximumDepth {
        throw IntakeError(
          file: directory, problem: "lies more than \(maximumDepth) folders deep", remedy: "Name the folder itself")
      }
      throw IntakeError(
        file: directory, problem: "cannot be listed: \(SystemCalls.lastError())", remedy: "Check its permissions")
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      if name.hasPrefix(".") { continue }
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      var status = stat()
      // Passing over a file without a word would compare fewer rows than there are.
      guard lstat(path, &status) == 0 else {
        throw IntakeError(
          file: path, problem: "cannot be examined: \(SystemCalls.lastError())",
          remedy: "Rename it or check its permissions")
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try collect(path, depth: depth + 1, into: &files)
      case S_IFREG, S_IFLNK: if hasKnownEnding(name), !isDirectory(path) { files.append(path) }
      default: continue
      }
    }
  }

  private static func hasKnownEnding(_ name: String) -> Bool {
    var name = name.lowercased()
    if let compression = compressions.first(where: { name.hasSuffix($0) }) { name.removeLast(compression.count) }
    return endings.contains { name.hasSuffix($0) }
  }
}
