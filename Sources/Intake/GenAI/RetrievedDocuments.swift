import Records

/// What a retrieval found: `[{chunk_id, doc_id, doc_sha256, rank, score, in_context, tokens}]`, from a list of documents (GenAI
/// conventions) or from attributes that it was flattened into (OpenInference). Texts are named by their SHA-256 only.
struct RetrievedDocuments {
  private struct Piece {
    let document: Int
    let field: BorrowedText
    let place: Int
  }

  private var pieces: [Piece] = []

  var isEmpty: Bool { pieces.isEmpty }

  mutating func removeAll() { pieces.removeAll(keepingCapacity: true) }

  /// Takes `0.document.id` and the like.
  mutating func add(_ key: BorrowedText, _ place: Int, _ tape: ValueTape) {
    guard let (document, rest) = FlatMessages.number(key) else { return }
    pieces.append(
      Piece(document: document, field: rest.hasPrefix("document.") ? rest.dropping(9) : rest, place: place))
  }

  /// Writes what was flattened.
  mutating func write(_ tape: ValueTape, scratch: ValueTape, to writer: CanonicalWriter) {
    pieces.sort { ($0.document, $0.place) < ($1.document, $1.place) }
    writer.append("[")
    var start = 0
    var rank: Int64 = 0
    while start < pieces.count {
      var end = start
      while end < pieces.count, pieces[end].document == pieces[start].document { end += 1 }
      rank += 1
      if start > 0 { writer.append(",") }
      let map = scratch.append(ValueNode(.map))
      for piece in pieces[start..<end] {
        let copy = scratch.append(copyOf: tape, piece.place)
        scratch.setKey(piece.field, of: copy)
      }
      scratch.close(map)
      RetrievedDocuments.write(scratch, map, rank: rank, scratch: scratch, to: writer)
      start = end
    }
    writer.append("]")
  }

  /// Writes a list of documents.
  static func write(list tape: ValueTape, _ place: Int, scratch: ValueTape, to writer: CanonicalWriter) {
    writer.append("[")
    var rank: Int64 = 0
    var part = place + 1
    while part < tape[place].next {
      rank += 1
      if rank > 1 { writer.append(",") }
      write(tape, part, rank: rank, scratch: scratch, to: writer)
      part = tape[part].next
    }
    writer.append("]")
  }

  private static func write(
    _ tape: ValueTape, _ place: Int, rank: Int64, scratch: ValueTape, to writer: CanonicalWriter
  ) {
    let object = CanonicalObject()
    var metadata: (ValueTape, Int)?
    if let member = tape.member("metadata", of: place) {
      metadata = MessageWriter(writer: writer, scratch: scratch).parsed(tape, member) ?? (tape, member)
    }
    func set(_ key: StaticString, _ names: [StaticString]) {
      for name in names {
        if let member = tape.member(name, of: place), tape[member].kind != .null {
          return object.set(key) { $0.append(tape, member) }
        }
        if let (tape, root) = metadata, let member = tape.member(name, of: root), tape[member].kind != .null {
          return object.set(key) { $0.append(tape, member) }
        }
      }
    }
    set("chunk_id", ["chunk_id", "id"])
    set("doc_id", ["doc_id", "document_id", "source", "file_name", "url"])
    set("doc_sha256", ["doc_sha256"])
    set("score", ["score"])
    set("in_context", ["in_context"])
    set("tokens", ["tokens"])
    if let rankMember = tape.member("rank", of: place), tape[rankMember].kind == .integer {
      object.set("rank") { $0.append(tape, rankMember) }
    } else {
      object.set("rank") { $0.append(integer: rank) }
    }
    if let content = tape.member("content", of: place), tape[content].kind == .text {
      let digest = HexadecimalText.text(SHA256Digest(of: tape[content].text.bytes))
      object.set("chunk_sha256") { writer in
        writer.append("\"")
        writer.append(plain: digest)
        writer.append("\"")
      }
    }
    object.write(to: writer)
  }
}
