/// Looks for canaries of other tenants in a text that comes in pieces, wherever it was cut.
///
/// What is found in the whole text is found in its pieces, with the piece that completes it. A text may itself be JSON, as the arguments
/// of tools are: from its first backslash on it is also looked at with the escapes of JSON undone, which hide nothing.
public struct CanaryWatch: Sendable {
  private var scan: CanaryScan
  private var unescaped: (escapes: JSONEscapes, scan: CanaryScan)?

  /// - Parameter tenant: who is told the text; nil is nobody's, who may be told none of them.
  public init(_ list: CanaryList, toldTo tenant: String?) { scan = CanaryScan(list, toldTo: tenant) }

  /// Takes the next piece.
  /// - Returns: canaries of others that it completes. One that lies in the end of what came before may be named again.
  public mutating func receive(_ piece: String) -> Set<CanaryList.Hit> {
    // What came before is the same in both.
    if unescaped == nil, piece.utf8.contains(JSONEscapes.backslash) { unescaped = (JSONEscapes(), scan) }
    let hits = scan.receive(piece)
    guard let text = unescaped?.escapes.undo(piece), let more = unescaped?.scan.receive(text) else { return hits }
    return hits.union(more)
  }
}
