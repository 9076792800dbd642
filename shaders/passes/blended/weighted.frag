// What blended surfaces gave together, over the picture: McGuire and Bavoil, "Weighted Blended Order-Independent Transparency", 2013.
layout(binding = 0) uniform sampler2D weighted_light;
layout(binding = 1) uniform sampler2D weighted_left;
layout(location = 0) out vec4 radiance;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 sum = texelFetch(weighted_light, at, 0);
    float covers = 1.0 - texelFetch(weighted_left, at, 0).r;
    if (covers <= 0.0) discard;
    radiance = vec4(min(sum.rgb / max(sum.a, 1e-5), vec3(6.0e4)) * covers, covers);
}
