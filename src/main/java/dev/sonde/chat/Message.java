package dev.sonde.chat;

/// One turn of a conversation.
public record Message(String role, String content) {}
