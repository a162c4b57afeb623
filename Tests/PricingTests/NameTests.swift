import Pricing
import Testing

struct NameTests {
  @Test func rules() {
    #expect(NameRule.equals("gpt-4o").matches("gpt-4o") && !NameRule.equals("gpt-4o").matches("gpt-4o-mini"))
    #expect(NameRule.startsWith("gpt-").matches("gpt-4o") && !NameRule.startsWith("gpt-").matches("xgpt-4o"))
    #expect(NameRule.endsWith("mini").matches("o3-mini") && !NameRule.endsWith("mini").matches("minimal"))
    #expect(NameRule.endsWith("o3-mini").matches("o3-mini") && !NameRule.endsWith("xo3-mini").matches("o3-mini"))
    #expect(NameRule.contains("son").matches("claude-sonnet") && !NameRule.contains("sox").matches("claude-sonnet"))
    #expect(NameRule.contains("").matches("") && NameRule.contains("t").matches("sonnet"))
    let both = NameRule.all([.contains("hugging"), .any([.contains("groq"), .contains("novita")])])
    #expect(both.matches("huggingface_groq") && !both.matches("huggingface_nebius") && !both.matches("groq"))
    #expect(NameRule.all([]).matches("x") && !NameRule.any([]).matches("x"))
  }

  @Test func providersByTheirNames() {
    for (name, id) in [
      ("openai", "openai"), ("OpenAI", "openai"), ("openai.chat", "openai"), ("azure.ai.openai", "azure"),
      ("aws.bedrock", "aws"), ("amazon-bedrock.chat", "aws"), ("gcp.vertex_ai", "google"),
      ("google.generative-ai", "google"),
      ("x_ai", "x-ai"), ("mistral_ai", "mistral"), ("anthropic.messages", "anthropic"),
      ("somebody-new", "somebody-new"),
    ] {
      #expect(ProviderName(name)?.id == id, "\(name)")
    }
    // Frameworks bill nothing.
    #expect(ProviderName("langchain") == nil && ProviderName("") == nil && ProviderName(nil) == nil)
    #expect(ProviderName("OpenAI")?.reported == "openai")
  }
}
