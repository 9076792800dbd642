// Things whose data is old lose their colour: a share for each instance, mixed in before the tone curve.
import type { Material } from "three";

/** Let a material's instances fade by the attribute `fade`, 0 to 1. */
export function letFade(material: Material): void {
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\n#ifdef USE_INSTANCING\nattribute float fade;\n#endif\nvarying float vFade;")
      .replace(
        "#include <begin_vertex>",
        "#include <begin_vertex>\n#ifdef USE_INSTANCING\nvFade = fade;\n#else\nvFade = 0.0;\n#endif",
      );
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nvarying float vFade;")
      .replace(
        "#include <tonemapping_fragment>",
        "float grey = dot(gl_FragColor.rgb, vec3(0.2126, 0.7152, 0.0722));\n" +
          "gl_FragColor.rgb = mix(gl_FragColor.rgb, vec3(grey * 0.6 + 0.04), vFade);\n#include <tonemapping_fragment>",
      );
  };
  material.customProgramCacheKey = () => "fade";
}
