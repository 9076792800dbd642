// What a world asks of rays through the picture.
layout(std140, binding = 2) uniform ScreenReflections {
    vec4 asked; // strength, most roughness, metres that rays go, metres that things are thick
};

// Rougher surfaces take less and less.
float lobe_share(float roughness) {
    return asked.x * (1.0 - smoothstep(0.75 * asked.y, asked.y + 1e-4, roughness));
}
