internal import Intake
internal import Records

/// The tools that a request lets its model call, by name.
///
/// A tool without a name (the provider's own) goes by its type, such as `web_search`; servers of tools (`mcp_servers`) and prompts that
/// lie at the provider, which may bring tools along, by what they are called there. Where `tool_choice` is none, none is offered.
/// Readers differ in which of two equal members counts: here both do.
struct OfferedTools {
  private(set) var names: [String] = []
  private var choices: [Bool] = []

  /// O(request). What cannot be read offers a tool without a name.
  static func names(in request: [UInt8]) -> [String] {
    var tools = OfferedTools()
    do { try request.withUnsafeBytes { try tools.read($0) } } catch { return ["?"] }
    // Legacy and newer members say it in two ways; a choice holds where all that are there say none.
    if !tools.choices.isEmpty, tools.choices.allSatisfy(\.self) { return [] }
    var seen: Set<String> = []
    return tools.names.filter { seen.insert($0).inserted }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    var reader = JSONReader(bytes: bytes, name: "request")
    guard try reader.peek() == .object else { return }
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("tools") || key.equals("functions") || key.equals("mcp_servers"), kind == .array {
        try reader.enterArray()
        while try reader.nextElement() { try readTool(&reader) }
      } else if key.equals("tool_choice") || key.equals("function_call") {
        choices.append(try OfferedTools.saysNone(&reader, kind))
      } else if key.equals("prompt"), kind == .object {
        try reader.skipValue()
        names.append("prompt")
      } else {
        try reader.skipValue()
      }
    }
  }

  /// `"none"`, or `{"type": "none"}` and nothing else of a type.
  private static func saysNone(_ reader: inout JSONReader, _ kind: JSONReader.Kind) throws -> Bool {
    if kind == .string { return try reader.readString().string == "none" }
    guard kind == .object else {
      try reader.skipValue()
      return false
    }
    var types: [String] = []
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("type"), try reader.peek() == .string {
        types.append(try reader.readString().string)
      } else {
        try reader.skipValue()
      }
    }
    return types == ["none"]
  }

  private mutating func readTool(_ reader: inout JSONReader) throws {
    guard try reader.peek() == .object else {
      try reader.skipValue()
      names.append("?")
      return
    }
    var (found, type): ([String], String?) = ([], nil)
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("name"), kind == .string {
        found.append(try reader.readString().string)
      } else if key.equals("type"), kind == .string {
        type = try reader.readString().string
      } else if key.equals("function") || key.equals("custom"), kind == .object {
        try reader.enterObject()
        while let key = try reader.nextKey() {
          if key.equals("name"), try reader.peek() == .string {
            found.append(try reader.readString().string)
          } else {
            try reader.skipValue()
          }
        }
      } else {
        try reader.skipValue()
      }
    }
    names += found.isEmpty ? [type ?? "?"] : found
  }
}
