package dev.sonde.hook;

import java.util.Arrays;
import java.util.Optional;

/// The kinds of places in a network, under the names of the field (TransformerLens' among them).
///
/// Shapes are per text: rows of `[pos, …]`, heads `[pos, head, d_head]`, patterns `[head, q, k]`.
/// In a forward pass the rows of all texts lie one after the other, without padding.
public enum Place {
  EMBED("embed", "hook_embed", Shape.ROWS, "what the embeddings hand to the first block"),
  TOKEN_EMBED("token_embed", "", Shape.ROWS, "the row of the token embedding alone"),
  POS_EMBED("pos_embed", "hook_pos_embed", Shape.ROWS, "what is added for the position"),
  RESID_PRE("resid_pre", "hook_resid_pre", Shape.ROWS, "the residual stream before the block"),
  ATTN_RAW(
      "attn_raw",
      "",
      Shape.ROWS,
      "what the attention module gives out, before the norm or multiplier that follows it"),
  ATTN_OUT("attn_out", "hook_attn_out", Shape.ROWS, "what attention adds to the residual stream"),
  RESID_MID_SUM(
      "resid_mid_sum",
      "",
      Shape.ROWS,
      "resid_pre + attn_out before the norm that follows (norm after the sum)"),
  RESID_MID(
      "resid_mid", "hook_resid_mid", Shape.ROWS, "the residual stream between attention and MLP"),
  MLP_RAW(
      "mlp_raw",
      "",
      Shape.ROWS,
      "what the MLP gives out, before the norm or multiplier that follows it"),
  MLP_OUT("mlp_out", "hook_mlp_out", Shape.ROWS, "what the MLP adds to the residual stream"),
  BLOCK_OUT(
      "block_out",
      "",
      Shape.ROWS,
      "attn_out + mlp_out, where a block adds both at once (parallel)"),
  RESID_POST_SUM(
      "resid_post_sum",
      "",
      Shape.ROWS,
      "resid_mid + mlp_out before the norm that follows (norm after the sum)"),
  RESID_POST("resid_post", "hook_resid_post", Shape.ROWS, "the residual stream after the block"),
  Q("q", "attn.hook_q", Shape.HEADS, "queries, rotated where the family rotates"),
  K(
      "k",
      "attn.hook_k",
      Shape.HEADS,
      "keys, rotated where the family rotates; one a key-value head"),
  V("v", "attn.hook_v", Shape.HEADS, "values; one a key-value head"),
  SCORES(
      "scores",
      "attn.hook_attn_scores",
      Shape.PATTERN,
      "scaled attention scores before the softmax"),
  PATTERN("pattern", "attn.hook_pattern", Shape.PATTERN, "attention probabilities"),
  Z(
      "z",
      "attn.hook_z",
      Shape.HEADS,
      "pattern times values, head by head, before the output matrix"),
  MLP_PRE("mlp_pre", "mlp.hook_pre", Shape.ROWS, "neurons before their activation function"),
  MLP_POST(
      "mlp_post",
      "mlp.hook_post",
      Shape.ROWS,
      "neurons after it (times the linear branch where gated)"),
  ROUTER("router", "", Shape.ROWS, "what the router says of every expert, before its softmax"),
  LN_FINAL(
      "ln_final",
      "ln_final.hook_normalized",
      Shape.ROWS,
      "after the last norm (and projection), before the logits"),
  LOGITS("logits", "", Shape.ROWS, "scores of the vocabulary");

  /// How the numbers of a place are arranged.
  public enum Shape {
    ROWS("[pos, width]"),
    HEADS("[pos, head, d_head]"),
    PATTERN("[head, query, key]");

    private final String perText;

    Shape(String perText) {
      this.perText = perText;
    }

    /// The axes for one text.
    public String perText() {
      return perText;
    }
  }

  private final String brief;
  private final String lens;
  private final Shape shape;
  private final String meaning;

  Place(String brief, String lens, Shape shape, String meaning) {
    this.brief = brief;
    this.lens = lens;
    this.shape = shape;
    this.meaning = meaning;
  }

  /// As in `resid_post`.
  public String brief() {
    return brief;
  }

  /// TransformerLens' name without the block, empty if it has none.
  public String lens() {
    return lens;
  }

  public Shape shape() {
    return shape;
  }

  public String meaning() {
    return meaning;
  }

  /// True for a place that every block has.
  public boolean perLayer() {
    return switch (this) {
      case EMBED, TOKEN_EMBED, POS_EMBED, LN_FINAL, LOGITS -> false;
      default -> true;
    };
  }

  static Optional<Place> named(String name) {
    return Arrays.stream(values())
        .filter(p -> p.brief.equals(name) || p.lens.equals(name))
        .findFirst();
  }
}
