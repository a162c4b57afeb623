internal import Intake
internal import Records

/// The tools that a request lets its model call, by name.
///
/// A tool without a name (the provider's own) goes by its type, such as `web_search`; servers of tools (`mcp_servers`) and prompts that
/// lie at the provider, which may bring tools along, by what they are called there. Where `tool_choice` is none, none is offered.
/// Readers differ in which of two equal members counts: here both do.
struct OfferedTools {
  /// By the member that says which of them may be called: `tool_choice`, and `function_call` of `functions`.
  private var tools: [String] = []
  private var functions: [String] = []
  private var toolChoices: [Bool] = []
  private var functionChoices: [Bool] = []

  /// O(request). What cannot be read offers a tool without a name.
  static func names(in request: [UInt8]) -> [String] {
    var tools = OfferedTools()
    do { try request.withUnsafeBytes { try tools.read($0) } } catch { return ["?"] }
    // Each choice is of its own tools, and holds where all that are there say none.
    func kept(_ names: [String], _ choices: [Bool]) -> [String] {
      !choices.isEmpty && choices.allSatisfy(\.self) ? [] : names
    }
    var seen: Set<String> = []
    return (kept(tools.tools, tools.toolChoices) + kept(tools.functions, tools.functionChoices))
      .filter { seen.insert($0).inserted }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    var reader = JSONReader(bytes: bytes, name: "request")
    guard try reader.peek() == .object else { return }
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("tools") || key.equals("mcp_servers"), kind == .array {
        try reader.enterArray()
        while try reader.nextElement() { tools += try OfferedTools.readTool(&reader) }
      } else if key.equals("functions"), kind == .array {
        try reader.enterArray()
        while try reader.nextElement() { functions += try OfferedTools.readTool(&reader) }
      } else if key.equals("tool_choice") {
        toolChoices.append(try OfferedTools.saysNone(&reader, kind))
      } else if key.equals("function_call") {
        functionChoices.append(try OfferedTools.saysNone(&reader, kind))
      } else if key.equals("prompt"), kind == .object {
        try reader.skipValue()
        tools.append("prompt")
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

  /// Types of tools that have a name of the caller's.
  private static let named: Set<String> = ["function", "custom", "url", "mcp"]

  private static func readTool(_ reader: inout JSONReader) throws -> [String] {
    guard try reader.peek() == .object else {
      try reader.skipValue()
      return ["?"]
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
    // A tool of the provider's own is what its type says (`web_search_20250305`), whatever it is called.
    if let type, !found.isEmpty, !OfferedTools.named.contains(type),
      !found.contains(where: { !$0.isEmpty && type.hasPrefix($0) })
    {
      found.append(type)
    }
    return found.isEmpty ? [type ?? "?"] : found
  }
}
