import Testing

@testable import Gateway

/// Which tools a request lets its model call, and which of the newest entries are kept.
struct OfferedToolsTests {
  @Test(
    arguments: [
      (#"{"model":"m"}"#, []), (#"{"tools":[]}"#, []), (#"{"tools":null}"#, []),
      (#"{"tools":[{"type":"function","function":{"name":"pay","parameters":{"name":"x"}}}]}"#, ["pay"]),
      (
        #"{"tools":[{"type":"function","name":"pay"},{"type":"web_search"},{"type":"custom","custom":{"name":"grep"}}]}"#,
        ["pay", "web_search", "grep"]
      ),
      (
        #"{"tools":[{"name":"look","input_schema":{}},{"type":"web_search_20250305","name":"web_search"}]}"#,
        ["look", "web_search"]
      ),
      (#"{"functions":[{"name":"old"}]}"#, ["old"]), (#"{"mcp_servers":[{"type":"url","name":"crm"}]}"#, ["crm"]),
      (#"{"tools":[{"type":"mcp","server_label":"crm"}]}"#, ["mcp"]), (#"{"tools":[{}]}"#, ["?"]),
      (#"{"tools":["pay"]}"#, ["?"]), (#"{"prompt":{"id":"p1"}}"#, ["prompt"]), (#"{"prompt":"p1"}"#, []),
      // Nothing is called where the request says so.
      (#"{"tools":[{"name":"pay"}],"tool_choice":"none"}"#, []),
      (#"{"tools":[{"name":"pay"}],"tool_choice":{"type":"none"}}"#, []),
      (#"{"functions":[{"name":"pay"}],"function_call":"none"}"#, []),
      (#"{"tools":[{"name":"pay"}],"tool_choice":"auto"}"#, ["pay"]),
      (#"{"tools":[{"name":"pay"}],"tool_choice":{"type":"none","type":"any"}}"#, ["pay"]),
      // Each choice is of its own tools.
      (#"{"tools":[{"name":"pay"}],"function_call":"none"}"#, ["pay"]),
      (#"{"functions":[{"name":"old"}],"tools":[{"name":"pay"}],"tool_choice":"none"}"#, ["old"]),
      // A tool of the provider's is what it is, whatever it is called.
      (#"{"tools":[{"type":"code_interpreter","name":"look"}]}"#, ["look", "code_interpreter"]),
      // Who says it twice is taken at both.
      (#"{"tool_choice":"none","tools":[{"name":"pay"}],"tool_choice":"auto"}"#, ["pay"]),
      (#"{"tools":[{"name":"pay"}],"tools":[{"name":"look"}]}"#, ["pay", "look"]),
      (#"{"tools":[{"name":"look","name":"pay"},{"name":"look","function":{"name":"pay"}}]}"#, ["look", "pay"]),
      (#"{"tools":[{"na\u006de":"pay"}]}"#, ["pay"]), (#"{"tools":["#, ["?"]), ("[", []), ("7", []),
    ] as [(String, [String])])
  func whatIsOffered(_ request: String, _ names: [String]) {
    #expect(OfferedTools.names(in: Array(request.utf8)) == names, "\(request)")
  }

  @Test func theNewestAreKept() {
    var entries = RecentEntries<Int>(most: 3)
    for number in 1...4 { entries[UInt64(number)] = number }
    #expect(entries.count == 3 && entries[1] == nil && entries[2] == 2)
    // What is there already is changed where it is.
    entries[2] = 20
    #expect(entries.count == 3 && entries[2] == 20)
    entries[3] = nil
    entries[5] = 5
    #expect(entries.count == 3 && entries[2] == 20 && entries[4] == 4)
    for number in 6...50_000 { entries[UInt64(number)] = number }
    #expect(entries.count == 3 && entries[49_998] == 49_998 && entries[49_997] == nil)
  }
}
