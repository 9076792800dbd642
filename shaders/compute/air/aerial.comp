// Aerial perspective: what the atmosphere between the eye and each distance takes of light and sends on. Hillaire, "A Scalable
// and Production Ready Sky and Atmosphere Rendering Technique", 2020, section 5.5, by the tables that the sky is made with:
// `taixu.render.air.medium`, whose `seen` this follows.
#include "compute/air/column.glsl"
layout(binding = 0) uniform sampler2D sunlight_table; // by cosine and root of height
layout(binding = 1) uniform sampler2D again_table;

vec4 looked_up(sampler2D table, vec2 at) { // from 0 to 1, first texel to last
    vec2 size = vec2(textureSize(table, 0));
    return textureLod(table, (clamp(at, 0.0, 1.0) * (size - 1.0) + 0.5) / size, 0.0);
}

vec3 sunlight(float height, float mu) {
    const float wide = 74.20321; // sinh(5)
    return looked_up(sunlight_table, vec2((asinh(mu * wide) + 3.0) / 8.0, sqrt(max(height, 0.0) / AIR_TOP_M))).rgb;
}

vec3 again(float height, float mu) {
    float rows = float(textureSize(again_table, 0).y);
    float y = (sqrt(max(height, 0.0) / (0.8 * AIR_TOP_M)) * rows - 0.5) / (rows - 1.0);
    return looked_up(again_table, vec2(mu * 0.5 + 0.5, y)).rgb;
}

float air_phase(float c) { return 3.0 / (16.0 * 3.14159265) * (1.0 + c * c); }
float haze_phase(float c) {
    const float g = HAZE_G;
    return 3.0 / (8.0 * 3.14159265) * (1.0 - g * g) * (1.0 + c * c) / ((2.0 + g * g) * pow(1.0 + g * g - 2.0 * g * c, 1.5));
}

void main() {
    ivec2 column;
    vec2 screen;
    if (!column_here(column, screen)) return;
    vec3 d = direction_at(screen);
    float eye = air_of.place.x, r = GROUND_M + eye, haze = air_of.place.y;
    vec3 light = vec3(0.0), lost = vec3(0.0);
    for (int i = 0; i < AIR_SLICES; ++i) {
        float near = square_at(i, AIR_SLICES), far = square_at(i + 1, AIR_SLICES), middle = (float(i) + 0.5) / float(AIR_SLICES);
        float t = AERIAL_M * middle * middle, metres = AERIAL_M * (far - near) * air_of.place.z;
        float height = max(eye + t * d.y + t * t * (1.0 - d.y * d.y) / (2.0 * r), 0.0); // the ground curves away
        vec3 air = AIR_SCATTER * exp(-height / AIR_HEIGHT_M);
        float dust = haze * HAZE_SCATTER * exp(-height / HAZE_HEIGHT_M);
        vec3 out_of = air + dust * (1.0 + HAZE_LOST) + OZONE * max(0.0, 1.0 - abs(height - 25e3) / 15e3);
        vec3 gone = max(out_of, 1e-12) * metres;
        vec3 sent = vec3(0.0);
        for (int b = 0; b < 2; ++b) {
            vec3 body = b == 0 ? air_of.sun.xyz : air_of.moon.xyz;
            float mu = (r * body.y + t * dot(d, body)) / (GROUND_M + height), c = dot(d, body);
            sent += (b == 0 ? air_of.sun_light.rgb : air_of.moon_light.rgb)
                * ((air * air_phase(c) + dust * haze_phase(c)) * sunlight(height, mu) + (air + dust) * again(height, mu));
        }
        light += exp(-lost) * (1.0 - exp(-gone)) * (sent / max(out_of, 1e-12) + air_of.night.rgb);
        lost = min(lost + gone, 80.0);
        imageStore(filled, ivec3(column, i), vec4(min(light, 6.0e4), exp(-lost.g)));
    }
}
