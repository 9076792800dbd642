// Six vertices each: the moon, then stars out of their number alone.
#include "generated/view.glsl"
#include "generated/stars.glsl"
out vec2 v_at;
out vec3 v_towards;
flat out vec4 v_light; // radiance; w: 1 for the moon
flat out mat3 v_frame; // the moon's: right, up, and towards the eye

uint scrambled(uint v) { // PCG; Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020
    v = v * 747796405u + 2891336453u;
    v = ((v >> ((v >> 28u) + 4u)) ^ v) * 277803737u;
    return (v >> 22u) ^ v;
}

float part(inout uint state) {
    state = scrambled(state);
    return float(state >> 8u) / 16777216.0;
}

// What the air leaves of light from a height above the horizon: Kasten and Young, 1989.
vec3 left_by_air(float sine) {
    float degrees_up = degrees(asin(clamp(sine, 0.0, 1.0)));
    return exp(-loss.rgb / (sine + 0.50572 * pow(degrees_up + 6.07995, -1.6364)));
}

// Of a black body between 3,000 and 25,000 K, brightest channel 1; `hot` from 0 to 1.
vec3 star_color(float hot) {
    vec3 red = vec3(1.0, 0.76, 0.55), white = vec3(1.0, 0.95, 0.9), blue = vec3(0.68, 0.8, 1.0);
    return hot < 0.5 ? mix(red, white, hot * 2.0) : mix(white, blue, hot * 2.0 - 1.0);
}

void main() {
    uint number = uint(gl_VertexID) / 6u, corner = uint(gl_VertexID) % 6u;
    vec2 side = vec2(corner == 1u || corner == 2u || corner == 4u ? 1.0 : -1.0, corner >= 2u && corner != 3u ? 1.0 : -1.0);
    gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    v_at = side;
    v_light = vec4(0.0);
    v_towards = vec3(0.0, 1.0, 0.0);
    v_frame = mat3(1.0);
    // A pixel as an angle, in the middle of the picture.
    float pixel = 2.0 * depth_range.z * viewport.w;
    if (number == 0u) {
        vec3 to = moon.xyz;
        if (to.y < -0.02) return;
        vec3 right = normalize(cross(abs(to.y) < 0.99 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0), to)), up = cross(to, right);
        v_frame = mat3(right, up, -to);
        float wide = moon.w + pixel;
        v_at = side * (wide / moon.w);
        v_towards = to + (right * side.x + up * side.y) * wide;
        v_light = vec4(moon_light.rgb * left_by_air(to.y), 1.0);
        gl_Position = clip_from_world * vec4(v_towards, 0.0);
        gl_Position.z = 0.0;
        return;
    }
    uint state = scrambled(number ^ 0x51A125u);
    // Two fifths stand about the Milky Way, whose pole is where the galaxy's is; the rest everywhere.
    float around = 6.2831853 * part(state), height = part(state) * 2.0 - 1.0;
    float spread = (part(state) + part(state) + part(state) - 1.5) * 0.35;
    bool near_plane = part(state) < 0.4;
    height = near_plane ? spread : height;
    vec3 galactic = vec3(vec2(cos(around), sin(around)) * sqrt(1.0 - height * height), height);
    const vec3 pole = vec3(-0.8676661, -0.1980764, 0.4559838), across = vec3(-0.0548756, -0.8734371, -0.4838350);
    vec3 to = mat3(world_from_stars) * (across * galactic.x + cross(pole, across) * galactic.y + pole * galactic.z);
    // There are 3.2 times as many of each next magnitude: log N = 0.51 m, brighter than the eye's limit.
    float magnitude = max(FAINTEST + log2(max(part(state), 1e-6)) / (0.51 * 3.3219281), -1.4);
    if (to.y < 0.0) return;
    float hot = part(state);
    vec3 color = mix(vec3(1.0), star_color(mix(0.5, hot, near_plane ? 0.5 : 0.8)), 0.7);
    // Its light falls on a pixel; of that only the root is made up for, so that large pictures do not outshine small ones.
    float peak = loss.w * exp2(-1.3287712 * magnitude) / pixel;
    v_light = vec4(color * peak * left_by_air(to.y), 0.0);
    v_towards = to;
    gl_Position = clip_from_world * vec4(to, 0.0);
    if (gl_Position.w <= 0.0) {
        gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
        return;
    }
    gl_Position.xy += side * 2.4 * 2.0 * viewport.zw * gl_Position.w;
    gl_Position.z = 0.0;
    v_at = side * 2.4;
}
