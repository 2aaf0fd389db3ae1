package dev.sonde.cli;

import dev.sonde.hook.Intervention;
import dev.sonde.io.BadInput;
import dev.sonde.model.Generator;
import dev.sonde.model.Sampling;
import dev.sonde.provenance.Seed;
import dev.sonde.study.Continuation;
import dev.sonde.study.Conversation;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Workers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A text continued, token by token.
@Command(
    name = "generate",
    header = "Continue a text with a decoder (llama, gpt2, ...).",
    description = {
      "",
      "One text comes word by word, several side by side and in their order.",
      "The likeliest token follows, unless --temperature is above 0. The model's own",
      "end token ends a text.",
      "",
      "With --chat each TEXT is what a user says, in the model's own chat template;",
      "what is printed is what the assistant answers, turn by turn.",
      "",
      "Examples:",
      "  sonde generate models/stories260k 'Once upon a time'",
      "  sonde generate models/stories260k 'Lily' --temperature 1 --seed 3 --json",
      "  sonde generate models/stories260k 'Lily' --edit z.1/0,3=zero",
      "  sonde generate models/smollm2 'What is the capital of France?' --chat",
      ""
    })
final class GenerateCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "a model of the catalogue, a folder or a GGUF file")
  private String model = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TEXT",
      description = "the texts; may be empty for a model with a begin token")
  private List<String> texts = new ArrayList<>();

  @Option(
      names = "--max-tokens",
      defaultValue = "64",
      description = "at most so many new tokens (default: ${DEFAULT-VALUE})")
  private int maxTokens = 64;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "0: the likeliest token; above: drawn, the hotter the wilder (default: 0)")
  private double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "draw from the so many likeliest (default: 0, all)")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      description = "draw from the fewest that together are so likely (default: 1, all)")
  private double topP = 1;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "the same seed draws the same text (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--chat", description = "the texts are a user's turns in a conversation")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "with --chat: what is said before all turns")
  private String system = "";

  @Mixin private EditOptions edits = new EditOptions();

  @Option(names = "--json", description = "one JSON object a text, with its tokens and settings")
  private boolean json;

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    if (!system.isEmpty() && !chat) {
      throw new BadInput("--system is said before the turns of a conversation: add --chat");
    }
    var sampling = new Sampling(temperature, topK, topP);
    var plain = new Generator.Settings(maxTokens, sampling, new Seed(seed), List.of());
    var numbers = numerics.numerics();
    var bar = Bar.standard();
    var out = spec.commandLine().getOut();
    try (var workers = Workers.wide();
        var open = OpenModel.open(model, Settings.home(), Settings.wideKernels(), numbers, bar)) {
      bar.clear();
      var stops = open.model().stops();
      var settings = new Generator.Settings(maxTokens, sampling, plain.seed(), stops);
      var made = edits.of(open);
      long begun = System.nanoTime();
      var found = workers.call(() -> found(open, settings, made, out));
      double seconds = (System.nanoTime() - begun) / 1e9;
      edits.save(open, made);
      print(open, found, settings, made, out);
      out.flush();
      int count = found.stream().mapToInt(t -> t.tokens().added().size()).sum();
      say(count, seconds);
    }
    return 0;
  }

  private void print(
      OpenModel open,
      List<Continuation.Text> found,
      Generator.Settings settings,
      List<Intervention> made,
      PrintWriter out) {
    if (json) {
      found.forEach(text -> out.println(object(open, text, settings, made)));
    } else if (chat || texts.size() == 1) {
      out.println(); // said piece by piece
    } else {
      found.forEach(text -> out.println(text.text()));
    }
  }

  private List<Continuation.Text> found(
      OpenModel open, Generator.Settings settings, List<Intervention> made, PrintWriter out) {
    return chat
        ? answered(new Conversation(open, settings, made, system), out)
        : continued(new Continuation(open, settings, made), out);
  }

  private List<Continuation.Text> answered(Conversation conversation, PrintWriter out) {
    var answers = new ArrayList<Continuation.Text>();
    for (var text : texts) {
      if (!json && !answers.isEmpty()) {
        out.println();
      }
      answers.add(conversation.say(text, piece -> say(piece, out)));
    }
    return answers;
  }

  private void say(String piece, PrintWriter out) {
    if (!json) {
      out.print(piece);
      out.flush();
    }
  }

  private List<Continuation.Text> continued(Continuation continuation, PrintWriter out) {
    if (texts.size() > 1) {
      return continuation.of(texts);
    }
    return List.of(continuation.of(texts.getFirst(), piece -> say(piece, out)));
  }

  private void say(int count, double seconds) {
    var err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "%d tokens in %.2f s, the prompt's reading included: %.1f tokens/s%n",
        count,
        seconds,
        count / seconds);
    err.flush();
  }

  private ObjectNode object(
      OpenModel open,
      Continuation.Text text,
      Generator.Settings settings,
      List<Intervention> made) {
    var out = JsonMapper.shared().createObjectNode();
    var tokens = text.tokens();
    out.put("text", text.text());
    var prompt = out.putArray("prompt_ids");
    for (int i = 0; i < tokens.prompt(); i++) {
      prompt.add(tokens.ids()[i]);
    }
    var added = out.putArray("ids");
    tokens.added().forEach(added::add);
    out.put("ending", tokens.ending().name().toLowerCase(Locale.ROOT));
    out.put("model", open.name());
    out.put("model_sha256", open.digest().hex());
    out.put("dtype", open.model().numerics().described());
    out.put("max_tokens", settings.maxTokens());
    out.put("temperature", temperature);
    out.put("top_k", topK);
    out.put("top_p", topP);
    out.put("seed", seed);
    if (!made.isEmpty()) {
      var list = out.putArray("edits");
      made.forEach(edit -> list.add(edit.toString()));
    }
    out.put("sonde", Version.of());
    return out;
  }
}
