/// Who bills a call, by whichever of its names a tracer or a table calls it.
///
/// Price tables know providers by their own ids; OpenTelemetry's conventions (`gen_ai.provider.name`), Vercel's SDK
/// (`openai.chat`), OpenLLMetry and OpenInference by others.
public struct ProviderName: Sendable, Hashable {
  /// As it was reported, in lower case.
  public let reported: String
  /// One name for all; the reported one, if it is not known here.
  public let id: String

  /// Nil for what bills nothing: the name of a framework, or none.
  public init?(_ text: String?) {
    guard let text else { return nil }
    let name = text.lowercased()
    guard !name.isEmpty, !ProviderName.frameworks.contains(name) else { return nil }
    reported = name
    id = ProviderName.id(of: name)
  }

  private static func id(of name: String) -> String {
    if let known = ids[name] { return known }
    // Vercel's SDK appends the interface: `anthropic.messages`, `google.generative-ai`, `amazon-bedrock.chat`.
    if let point = name.firstIndex(of: "."), let known = ids[String(name[..<point])] { return known }
    return name
  }

  /// Names that instrumented frameworks and gateways report, which are none of a provider.
  private static let frameworks: Set<String> = [
    "langchain", "langgraph", "llamaindex", "llama_index", "litellm", "haystack", "crewai", "autogen", "dspy",
    "pydantic_ai",
    "gateway", "unknown", "custom", "_other",
  ]

  /// OpenTelemetry's well-known values first, then what else is in use. The ids are those of genai-prices.
  private static let ids: [String: String] = [
    "openai": "openai", "text-completion-openai": "openai", "azure_text": "azure", "azure.ai.openai": "azure",
    "azure.ai.inference": "azure", "azure_openai": "azure",
    "azure-openai": "azure", "azure_ai": "azure", "azure": "azure", "az.ai.openai": "azure", "az.ai.inference": "azure",
    "anthropic": "anthropic", "aws.bedrock": "aws", "aws_bedrock": "aws", "bedrock": "aws", "bedrock_converse": "aws",
    "amazon-bedrock": "aws", "amazon_bedrock": "aws", "aws": "aws", "amazon": "aws", "gcp.gemini": "google",
    "gcp.gen_ai": "google", "gcp.vertex_ai": "google", "google": "google", "gemini": "google", "google-gla": "google",
    "google-vertex": "google", "vertex_ai": "google", "vertexai": "google", "vertex": "google",
    "google_vertexai": "google",
    "google_genai": "google", "google_generativeai": "google", "cohere": "cohere", "cohere_chat": "cohere",
    "deepseek": "deepseek", "groq": "groq", "mistral_ai": "mistral", "mistralai": "mistral", "mistral": "mistral",
    "text-completion-codestral": "mistral", "codestral": "mistral",
    "perplexity": "perplexity", "x_ai": "x-ai", "xai": "x-ai", "x-ai": "x-ai", "fireworks": "fireworks",
    "fireworks_ai": "fireworks", "together": "together", "together_ai": "together", "togetherai": "together",
    "openrouter": "openrouter", "cerebras": "cerebras", "moonshot": "moonshotai", "moonshot_ai": "moonshotai",
    "moonshotai": "moonshotai", "voyage": "voyageai", "voyageai": "voyageai", "ibm.watsonx.ai": "watsonx",
    "watsonx": "watsonx", "minimax": "minimax", "zhipuai": "zhipuai", "zai": "zhipuai", "novita": "novita",
    "novita_ai": "novita", "ovhcloud": "ovhcloud", "databricks": "databricks", "replicate": "replicate",
    "sambanova": "sambanova", "nebius": "nebius", "hyperbolic": "hyperbolic", "ollama": "ollama",
  ]
}
