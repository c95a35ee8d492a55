<?php
/**
 * Plugin Name: Hematoma Guide
 * Description: Puts the chat on a page: [hematoma_guide server="https://bot.clinic.example" emergency_number="112"]
 * Version: 1.0.0
 * Requires at least: 6.5
 */

defined( 'ABSPATH' ) || exit;

/**
 * The element, and the script that brings it to life.
 *
 * @param array|string $given Attributes of docs/widget.md, with "_" for "-"; one without a value is set by its name alone.
 * @return string Markup in which every value is escaped; for editors a sentence if the server is missing.
 */
function hematoma_guide_shortcode( $given ) {
	$known = array( 'color', 'emergency_number', 'heading', 'id', 'inline', 'lang', 'launch', 'open', 'open_after', 'opening', 'phone', 'position', 'server', 'speech', 'strings', 'theme' );
	$set   = array();
	foreach ( (array) $given as $name => $value ) {
		list( $name, $value ) = is_int( $name ) ? array( $value, '' ) : array( $name, $value );
		if ( in_array( $name, $known, true ) ) {
			$set[ $name ] = $value;
		}
	}
	$server = rtrim( esc_url_raw( $set['server'] ?? '', array( 'https', 'http' ) ), '/' );
	if ( '' === $server ) {
		return current_user_can( 'edit_posts' ) ? '<p>[hematoma_guide]: set server="https://..." to the address of the bot.</p>' : '';
	}
	$set['server'] = $server;
	wp_enqueue_script_module( 'hematoma-guide', $server . '/widget.js', array(), null );
	$html = '';
	foreach ( $set as $name => $value ) {
		$html .= sprintf( ' %s="%s"', str_replace( '_', '-', $name ), esc_attr( $value ) );
	}
	$number = $set['emergency_number'] ?? 'your local emergency number';
	return "<hematoma-guide$html><p>The chat could not be loaded. In an emergency, call " . esc_html( $number ) . ' now.</p></hematoma-guide>';
}

add_shortcode( 'hematoma_guide', 'hematoma_guide_shortcode' );
