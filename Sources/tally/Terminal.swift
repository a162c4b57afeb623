import ArgumentParser
import Glibc

/// The streams of the process: results to standard output, everything said about them to standard error.
enum Terminal {
  /// The report could not be written where it was sent.
  struct WriteFailure: Error, CustomStringConvertible {
    let number: Int32
    var description: String { "cannot write the report: \(String(cString: strerror(number)))." }
  }

  /// - Throws: `WriteFailure`, unless it is only that the reader left (`| head`) and wants no more.
  static func write(_ text: String) throws(WriteFailure) {
    // By bytes: the line ends of CSV, "\r\n", are one character that is not "\n".
    let number = put(text.utf8.last == 0x0A || text.isEmpty ? text : text + "\n", to: STDOUT_FILENO)
    guard number == 0 || number == EPIPE else { throw WriteFailure(number: number) }
  }

  /// Writes a piece of a long result.
  /// - Throws: `ExitCode.success` when the reader left (`| head`): there is no more to do.
  static func write(piece: String) throws {
    let number = put(piece, to: STDOUT_FILENO)
    if number == EPIPE { throw ExitCode.success }
    guard number == 0 else { throw WriteFailure(number: number) }
  }

  /// Says a line. Texts from files may hold control characters, which a terminal must not obey.
  static func note(_ text: String) {
    let safe = text.unicodeScalars.map { scalar in
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
      return isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    put(safe.joined() + "\n", to: STDERR_FILENO)
  }

  /// Says what went wrong and ends with the exit code for unusable input.
  static func fail(_ problem: some Error) -> ExitCode {
    note("tally: \(problem)")
    return ExitCode(64)
  }

  /// Colour is for people at a terminal who have not asked for none (no-color.org).
  static var wantsColour: Bool { isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil }
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal, or 80; lines of text are read best when they are not longer than 120.
  static var width: Int { min(columns ?? 80, 120) }

  /// Columns of the terminal, or those that the environment names, or as many as a table can have.
  static var tableWidth: Int {
    columns ?? getenv("COLUMNS").flatMap { Int(String(cString: $0)) }.map { max($0, 40) } ?? 1_000
  }

  private static var columns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return nil }
    return Int(size.ws_col)
  }

  /// - Returns: 0, or the number of the error that stopped the writing.
  @discardableResult
  static func put(_ text: String, to file: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return written < 0 ? errno : EIO }
      bytes = bytes.dropFirst(written)
    }
    return 0
  }
}
