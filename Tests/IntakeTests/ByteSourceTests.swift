import Testing

@testable import Intake

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ByteSourceTests {
  private static let table = "item_id,score\nq1,1\nq2,0\n"
  private static let gzipped =
    "1f8b0800000000000203cb2c49cd8dcf4cd1294ece2f4ae52a34d431e42a34d231e00200defc65e118000000"
  private static let twoMembers =
    "1f8b0800000000000203cb2c49cd8dcf4cd1294ece2f4ae502006d97e4d90e0000001f8b08000000000002032b34d431e402008ef0d85d05000000"
  private static let zstandard =
    "28b52ffd0458c100006974656d5f69642c73636f72650a71312c310a71322c300af28771b0"
  /// 200,000 zero bytes.
  private static let zeros = "28b52ffd04585400001000000100fbff39c002036a0800c4e97470"

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }

  private func text(_ content: [UInt8], limits: ExpansionLimits = .standard) throws -> String {
    let directory = try TemporaryDirectory()
    let source = try ByteSource(path: try directory.write(content, to: "input"), limits: limits)
    return withExtendedLifetime(source) { String(decoding: source.bytes, as: UTF8.self) }
  }

  @Test func mapsDecompressesAndConcatenates() throws {
    #expect(try text(Array(Self.table.utf8)) == Self.table)
    #expect(try text(bytes(Self.gzipped)) == Self.table)
    #expect(try text(bytes(Self.gzipped) + [0, 0, 0]) == Self.table)
    #expect(try text(bytes(Self.twoMembers)) == "item_id,score\nq1,1\n")
    #expect(try text(bytes(Self.zstandard)) == Self.table)
    #expect(try text(bytes(Self.zstandard) + bytes(Self.zstandard)) == Self.table + Self.table)
    #expect(try collect(bytes: bytes(Self.gzipped)).items == ["q1", "q2"])
  }

  @Test func everyTruncationOfCompressedDataIsAnError() {
    for whole in [bytes(Self.gzipped), bytes(Self.zstandard)] {
      for length in 4..<whole.count {
        let error = #expect(throws: IntakeError.self) { try text(Array(whole[..<length])) }
        #expect(error?.problem.contains("damaged") == true)
      }
    }
  }

  @Test func damageIsAnError() {
    var broken = bytes(Self.gzipped)
    broken[20] ^= 0xFF
    #expect(throws: IntakeError.self) { try text(broken) }
    #expect(throws: IntakeError.self) { try text(bytes(Self.gzipped) + [1]) }
  }

  @Test func bombsAreRefused() throws {
    #expect(try text(bytes(Self.zeros)).utf8.count == 200_000)
    let byRatio = ExpansionLimits(maximumSize: 1 << 30, maximumRatio: 1000, ratioFreeSize: 1000)
    let bySize = ExpansionLimits(maximumSize: 199_999, maximumRatio: 1 << 30, ratioFreeSize: 0)
    let ratio = #expect(throws: IntakeError.self) { try text(bytes(Self.zeros), limits: byRatio) }
    #expect(ratio?.problem == "expands more than 1000-fold, as only a decompression bomb does")
    let size = #expect(throws: IntakeError.self) { try text(bytes(Self.zeros), limits: bySize) }
    #expect(size?.problem == "expands to more than 199999 bytes")
  }

  @Test func readsNamedPipes() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    // The shell waits for a reader before it writes.
    let writer = try #require(popen("printf 'item_id,score\\nq1,1\\nq2,0\\n' > '\(path)'", "r"))
    let source = try ByteSource(path: path)
    #expect(pclose(writer) == 0)
    #expect(source.isDerived)
    withExtendedLifetime(source) { #expect(String(decoding: source.bytes, as: UTF8.self) == Self.table) }
  }

  @Test func copiesMemory() throws {
    let content = Array(Self.table.utf8)
    let source = try content.withUnsafeBytes { try ByteSource(copying: $0, name: "memory") }
    var sink = CollectingSink()
    let summary = try Intake.read(source, into: &sink)
    #expect(sink.rows.map(\.item) == ["q1", "q2"])
    #expect(summary.files == [.init(name: "memory", format: .csv, rows: 2)])
    #expect(throws: IntakeError.self) {
      try ByteSource(copying: UnsafeRawBufferPointer(start: nil, count: 0), name: "memory")
    }
  }

  @Test func saysWhatCannotBeRead() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: IntakeError.self) { try ByteSource(path: directory.path + "/absent") }
    #expect(throws: IntakeError(file: directory.path, problem: "is a directory", remedy: "Name a file in it")) {
      try ByteSource(path: directory.path)
    }
    let empty = try directory.write([], to: "empty")
    #expect(throws: IntakeError(file: empty, problem: "is empty", remedy: "Check that the run wrote its results")) {
      try ByteSource(path: empty)
    }
    #expect(throws: IntakeError.self) { try ByteSource(path: "/dev/zero") }
  }

  @Test func readsDirectoriesInOrder() throws {
    let directory = try TemporaryDirectory()
    directory.makeDirectory("sub")
    directory.makeDirectory(".hidden")
    _ = try directory.write(Array("id,score\nb,1\n".utf8), to: "b.csv")
    _ = try directory.write(Array(#"{"id":"a","score":0}"#.utf8), to: "a.jsonl")
    _ = try directory.write(Array("id,score\nc,1\n".utf8), to: "sub/c.csv")
    _ = try directory.write(Array(#"{"settings":{"x":1}}"#.utf8), to: "settings.json")
    _ = try directory.write(Array("not a result".utf8), to: "notes.txt")
    _ = try directory.write(Array("id,score\nd,1\n".utf8), to: ".hidden/d.csv")
    let result = try collect([directory.path])
    #expect(result.items == ["a", "b", "c"])
    #expect(result.summary.files.map(\.rows) == [1, 1, 1])
    #expect(result.summary.warnings == ["\(directory.path)/settings.json: passed over, no known format"])
    #expect(try Intake.files(at: directory.path).count == 4)
    _ = try directory.write(Array("id,score\nb\n".utf8), to: "e.csv")
    let error = #expect(throws: IntakeError.self) { try collect([directory.path]) }
    #expect(error?.file == directory.path + "/e.csv")
  }

  @Test func readsSeveralFiles() throws {
    let directory = try TemporaryDirectory()
    let first = try directory.write(Array("id,score\na,1\n".utf8), to: "1")
    let second = try directory.write(Array("[{\"id\":\"b\",\"score\":0}]".utf8), to: "2")
    let result = try collect([first, second])
    #expect(result.items == ["a", "b"])
    #expect(result.summary.files.map(\.format) == [.csv, .jsonArray])
  }
}
