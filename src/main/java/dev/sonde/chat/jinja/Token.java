package dev.sonde.chat.jinja;

record Token(Kind kind, String text, int line) {
  enum Kind {
    DATA,
    PRINT,
    BLOCK,
    CLOSE,
    NAME,
    STRING,
    INT,
    FLOAT,
    SIGN,
    END
  }

  boolean is(Kind other, String spelling) {
    return kind == other && text.equals(spelling);
  }

  boolean sign(String spelling) {
    return is(Kind.SIGN, spelling);
  }

  boolean name(String spelling) {
    return is(Kind.NAME, spelling);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end" : "'" + text + "'";
  }
}
