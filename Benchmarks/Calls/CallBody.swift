import Glibc

/// What callers say and the provider answers: about one kilobyte each, and streams of 200 frames.
enum CallBody {
  private static let question =
    #""max_tokens":64,"messages":[{"role":"system","content":"\#(String(repeating: "You answer briefly and kindly. ", count: 24))"},"#
    + #"{"role":"user","content":"Where is my parcel?"}]"#
  static let plain = #"{"model":"gpt-4o",\#(question)}"#
  static let streamed = #"{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},\#(question)}"#
  /// A stream whose frames come one every five milliseconds.
  static let paced = #"{"model":"paced","stream":true,"stream_options":{"include_usage":true},\#(question)}"#
  /// A call that takes between 50 and 150 milliseconds.
  static let slow = #"{"model":"slow",\#(question)}"#

  static let answer =
    #"{"id":"c1","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","#
    + #""content":"\#(String(repeating: "Your parcel left the depot this morning. ", count: 16))"},"finish_reason":"stop"}],"#
    + #""usage":{"prompt_tokens":1200,"completion_tokens":30,"total_tokens":1230}}"#

  static let frames: [String] =
    (0..<198).map { frame(#"[{"index":0,"delta":{"content":"word \#($0) "},"finish_reason":null}]"#) }
    + [
      frame(#"[{"index":0,"delta":{},"finish_reason":"stop"}]"#),
      frame("[]", #","usage":{"prompt_tokens":1200,"completion_tokens":198,"total_tokens":1398}"#),
    ]
  static let done = "data: [DONE]\n\n"

  private static func frame(_ choices: String, _ more: String = "") -> String {
    #"data: {"id":"c1","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-2024-08-06","choices":\#(choices)\#(more)}"#
      + "\n\n"
  }
}

func flushOutput() { fflush(nil) }
