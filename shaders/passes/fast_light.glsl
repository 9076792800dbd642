// The one light of the simple-lit path.
layout(std140, binding = 2) uniform Sun { vec4 sun_direction; vec4 sun_color; vec4 ambient_up; vec4 ambient_down; };

vec3 light_on(vec3 n) {
    return mix(ambient_down.rgb, ambient_up.rgb, n.y * 0.5 + 0.5) + sun_color.rgb * max(dot(n, sun_direction.xyz), 0.0);
}

// Roots in place of the power, within 0.004.
vec3 srgb_from_linear_quickly(vec3 c) {
    vec3 s1 = sqrt(c), s2 = sqrt(s1), s3 = sqrt(s2);
    return 0.662002687 * s1 + 0.684122060 * s2 - 0.323583601 * s3 - 0.0225411470 * c;
}
