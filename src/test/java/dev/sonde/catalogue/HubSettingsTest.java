package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The variables mean what they mean to Python's tools.
final class HubSettingsTest {
  @TempDir private Path user = Path.of("");

  @Test
  void withoutVariablesItIsThePublicHub() {
    var found = HubSettings.of(Map.of(), user);
    assertThat(found.cache()).isEqualTo(user.resolve(".cache/huggingface/hub"));
    assertThat(found.endpoint()).hasToString("https://huggingface.co");
    assertThat(found.token()).isEmpty();
    assertThat(found.offline()).isFalse();
  }

  @Test
  void variablesAreHeard() throws IOException {
    Files.writeString(user.resolve("token"), "hf_kept\n");
    var home = Map.of("HF_HOME", user.toString());
    assertThat(HubSettings.of(home, user).token()).isEqualTo("hf_kept");
    assertThat(HubSettings.of(home, user).cache()).isEqualTo(user.resolve("hub"));
    var all =
        HubSettings.of(
            Map.of(
                "HF_HOME", user.toString(),
                "HF_HUB_CACHE", "~/models",
                "HF_TOKEN", " hf_set ",
                "HF_ENDPOINT", "http://mirror.example/",
                "HF_HUB_OFFLINE", "true"),
            user);
    assertThat(all.cache()).isEqualTo(user.resolve("models"));
    assertThat(all.token()).isEqualTo("hf_set");
    assertThat(all.endpoint()).hasToString("http://mirror.example");
    assertThat(all.offline()).isTrue();
    assertThat(HubSettings.of(Map.of("HF_HUB_OFFLINE", "0"), user).offline()).isFalse();
  }

  @Test
  void wrongOnesAreRefused() {
    for (var endpoint : new String[] {"file:///etc", "huggingface.co", "http://a b"}) {
      assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint), user))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("HF_ENDPOINT");
    }
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_TOKEN", "a\nb"), user))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("HF_TOKEN");
  }

  @Test
  void idsAreTakenApart() {
    assertThat(HubId.parse("org/a.b-c_1@refs/pr/1"))
        .contains(new HubId("org/a.b-c_1", "refs/pr/1", ""));
    assertThat(HubId.parse("org/name/q/x.gguf@v1"))
        .contains(new HubId("org/name", "v1", "q/x.gguf"));
    assertThat(HubId.parse("org/name")).contains(new HubId("org/name", "main", ""));
    assertThat(HubId.parse("name")).isEmpty();
    assertThat(HubId.parse("org/name/../x.gguf")).isEmpty();
    assertThat(
            HubId.parse("org/n@refs/pr/1").orElseThrow().listing(HubSettings.in(user).endpoint()))
        .hasToString("https://huggingface.co/api/models/org/n/revision/refs%2Fpr%2F1");
  }

  @Test
  void theCatalogueKnowsADecoderOfTheHub() {
    var model =
        Catalogue.models().stream()
            .filter(m -> m.isMeantBy("SmolLM2-135M-Instruct"))
            .findFirst()
            .orElseThrow();
    assertThat(model.source())
        .isEqualTo("https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct");
    assertThat(HubId.parse(model.name())).isPresent();
    var catalogue = new Catalogue(user, HubSettings.of(Map.of("HF_HUB_OFFLINE", "1"), user));
    assertThat(catalogue.cached(model)).isFalse();
    assertThatThrownBy(() -> catalogue.open("SmolLM2-135M-Instruct", (t, d, n) -> {}))
        .hasMessageContaining("HuggingFaceTB/SmolLM2-135M-Instruct");
  }
}
